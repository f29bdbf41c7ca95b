using System.Diagnostics;

namespace Spate.Conformance.Processes;

/// <summary>A program that runs beside the test until it is told to stop. Disposing of it kills it.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private RunningProgram(Process process)
    {
        _process = process;
        Id = process.Id;
        _reading = ReadAllAsync();
    }

    public int Id { get; }

    public ProcessOutput Output { get; } = new();

    public bool HasExited => _process.HasExited;

    public static RunningProgram Start(string path, IEnumerable<string> arguments)
    {
        var process = LiveProcesses.Start(path, arguments);
        process.StandardInput.Close();
        return new RunningProgram(process);
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Signal(int signal) => Signals.Send(_process, signal);

    /// <summary>Waits until it has ended and everything that it wrote has been read.</summary>
    /// <returns>Its exit status; 128 and the signal's number when a signal ended it.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan bound)
    {
        try
        {
            await Task.WhenAll(_reading, _process.WaitForExitAsync()).WaitAsync(bound);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"Waited {bound.TotalSeconds} s in vain for process {Id} to end. It wrote:\n{Output}", timeout);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _reading;
        LiveProcesses.End(_process);
    }

    private async Task ReadAllAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput, isError: false), ReadAsync(_process.StandardError, isError: true));
        Output.End();
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } text)
        {
            Output.Add(new OutputLine(isError, text));
        }
    }
}
