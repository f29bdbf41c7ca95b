using Microsoft.Win32.SafeHandles;

namespace Spate.Cli.Running;

/// <summary>What the program reads from and writes to. Tests put their own in.</summary>
internal sealed record Surroundings
{
    private const int WidthOfNoTerminal = 4096;
    private const int WidthOfUnknownTerminal = 80;

    public required Stream Input { get; init; }

    /// <summary>Where results go, and nothing else. Whoever reads it may go away, which ends the program in peace.</summary>
    public required Stream Output { get; init; }

    /// <summary>Where everything goes that is said beside the result.</summary>
    public required TextWriter Error { get; init; }

    public bool IsInputTerminal { get; init; }

    public bool IsOutputTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    /// <summary>Letters in a line of the output.</summary>
    public int Width { get; init; } = WidthOfNoTerminal;

    /// <summary>Letters in a line of what is said beside it.</summary>
    public int ErrorWidth { get; init; } = WidthOfUnknownTerminal;

    /// <summary>The bytes that the input comes to, where it is a file; null when nobody knows.</summary>
    public long? InputLength { get; init; }

    /// <summary>A variable of the environment; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public static Surroundings OfProcess() => new()
    {
        Input = OpenInput(),
        Output = OpenOutput(),
        Error = Console.Error,
        IsInputTerminal = !Console.IsInputRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected || Console.WindowWidth is not (var width and > 0) ? WidthOfNoTerminal : width,
        ErrorWidth = Console.WindowWidth is > 1 and var columns ? columns : WidthOfUnknownTerminal,
        InputLength = LengthOfInput(),
        Variable = Environment.GetEnvironmentVariable,
    };

    private static long? LengthOfInput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsInputRedirected)
        {
            return null;
        }

        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        return input.CanSeek ? input.Length - input.Position : null;
    }

    /// <summary>
    /// Standard input. The runtime's own stream edits lines at a terminal itself, and what is typed before it does so gets past it: the end of the input among it.
    /// The system's terminal edits lines as well, and a file stream takes them from there.
    /// </summary>
    private static Stream OpenInput() => OperatingSystem.IsWindows() || Console.IsInputRedirected
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>
    /// Standard output. The runtime's own stream passes over in silence that a pipe's reader has gone, and a program that writes without end would never learn of it;
    /// a file stream tells it. On a file it would keep a position of its own, and whoever writes there next would write over it.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
