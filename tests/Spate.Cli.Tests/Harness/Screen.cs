using System.Text;

namespace Spate.Cli.Tests.Harness;

/// <summary>What a program has written so far.</summary>
internal sealed class Screen
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private (string Wanted, TaskCompletionSource Found)? _wait;

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>Ends when this has been written.</summary>
    public Task WaitForAsync(string wanted)
    {
        lock (_gate)
        {
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wait = (wanted, found);
            Look();
            return found.Task;
        }
    }

    public async Task ReadAsync(StreamReader reader)
    {
        var letters = new char[4096];
        while (await reader.ReadAsync(letters) is var count and > 0)
        {
            lock (_gate)
            {
                _text.Append(letters, 0, count);
                Look();
            }
        }
    }

    private void Look()
    {
        if (_wait is { } wait && _text.ToString().Contains(wait.Wanted, StringComparison.Ordinal))
        {
            wait.Found.TrySetResult();
        }
    }
}
