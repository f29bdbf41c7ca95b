using System.Collections.Concurrent;
using System.Diagnostics;

namespace Spate.Conformance.Processes;

/// <summary>Every process that a test has running. Whatever ends the test run, they end with it.</summary>
internal static class LiveProcesses
{
    private static readonly ConcurrentDictionary<Process, byte> Running = new();

    static LiveProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Keys)
        {
            Kill(process);
        }
    };

    /// <summary>Starts a program whose input and output are the caller's.</summary>
    public static Process Start(string path, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"'{path}' did not start.");
        Running.TryAdd(process, 0);
        return process;
    }

    /// <summary>Ends the process, if it has not ended yet, and forgets it.</summary>
    public static void End(Process process)
    {
        Kill(process);
        Running.TryRemove(process, out _);
        process.Dispose();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was gone already.
        }
    }
}
