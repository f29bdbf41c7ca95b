namespace Spate.Simulation.Worlds;

/// <summary>The last steps, in words, for whoever has to understand a failure. Nothing is put into words before somebody asks.</summary>
internal sealed class Trace(int length)
{
    private readonly Queue<(int Step, TimeSpan At, Func<string> What)> _steps = new();
    private readonly List<Func<string>> _said = [];

    /// <summary>Whether anything is told at all.</summary>
    public bool IsKept => length > 0;

    /// <summary>What somebody says of what happens in the step that is under way.</summary>
    public void Say(Func<string> what)
    {
        if (IsKept)
        {
            _said.Add(what);
        }
    }

    public void Add(int step, TimeSpan at, Func<string> what)
    {
        if (!IsKept)
        {
            return;
        }

        Keep(step, at, what);
        foreach (var said in _said)
        {
            Keep(step, at, said);
        }

        _said.Clear();
    }

    public IReadOnlyList<string> Lines() => [.. _steps.Select(one => $"{one.Step,7}  {one.At:h\\:mm\\:ss\\.fff}  {one.What()}")];

    private void Keep(int step, TimeSpan at, Func<string> what)
    {
        if (_steps.Count == length)
        {
            _steps.Dequeue();
        }

        _steps.Enqueue((step, at, what));
    }
}
