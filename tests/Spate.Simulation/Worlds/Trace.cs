namespace Spate.Simulation.Worlds;

/// <summary>The last steps, in words, for whoever has to understand a failure. Nothing is put into words before somebody asks.</summary>
internal sealed class Trace(int length)
{
    private readonly Queue<(int Step, TimeSpan At, Func<string> What)> _steps = new();

    public void Add(int step, TimeSpan at, Func<string> what)
    {
        if (length == 0)
        {
            return;
        }

        if (_steps.Count == length)
        {
            _steps.Dequeue();
        }

        _steps.Enqueue((step, at, what));
    }

    public IReadOnlyList<string> Lines() => [.. _steps.Select(one => $"{one.Step,7}  {one.At:h\\:mm\\:ss\\.fff}  {one.What()}")];
}
