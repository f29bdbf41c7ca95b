using System.Diagnostics;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>The process of a driver: lines in, lines out, and the end of what it wrote on standard error. Safe for use by several threads.</summary>
internal sealed class DriverProcess : IAsyncDisposable
{
    private const int TraceLinesMax = 30;
    private const int TraceLineMax = 2000;

    private readonly Lock _saying = new();
    private readonly Queue<string> _trace = new();
    private readonly Process _process;
    private readonly Action<string> _hear;
    private readonly Action _ended;
    private readonly Task _listening;

    /// <summary>Starts the driver.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="hear">Takes each line that it says, one after the other.</param>
    /// <param name="ended">Called when it says no more.</param>
    public DriverProcess(ClientProgram program, Action<string> hear, Action ended)
    {
        _hear = hear;
        _ended = ended;
        _process = LiveProcesses.Start(program.Interpreter, [program.Script], program.Environment);
        _listening = Task.WhenAll(ListenAsync(), TraceAsync());
    }

    public bool HasEnded { get; private set; }

    /// <summary>What it wrote last on standard error.</summary>
    public string Trace
    {
        get
        {
            lock (_trace)
            {
                return string.Join('\n', _trace);
            }
        }
    }

    /// <summary>Says a line to it; one that is gone does not hear it.</summary>
    public void Say(string line)
    {
        lock (_saying)
        {
            try
            {
                _process.StandardInput.Write(line + "\n");
                _process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // Its end is noticed where its answers are read.
            }
        }
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _listening.WaitAsync(Bounds.Client);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _listening;
        LiveProcesses.End(_process);
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _hear(line);
        }

        HasEnded = true;
        _ended();
    }

    private async Task TraceAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_trace)
            {
                _trace.Enqueue(line[..Math.Min(line.Length, TraceLineMax)]);
                while (_trace.Count > TraceLinesMax)
                {
                    _trace.Dequeue();
                }
            }
        }
    }
}
