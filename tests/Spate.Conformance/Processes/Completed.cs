using System.Text;

namespace Spate.Conformance.Processes;

/// <summary>What came of a program that has ended.</summary>
/// <param name="CommandLine">How it was called.</param>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">Its standard output, as it is.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record Completed(string CommandLine, int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The lines on standard error that are not empty.</summary>
    public IReadOnlyList<string> ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Itself, when the exit status is 0; a failure with everything that it said otherwise.</summary>
    public Completed Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"This ended with status {ExitCode}:\n{this}");

    public override string ToString() =>
        $"{CommandLine}\nstatus {ExitCode}, {Output.Length} bytes on standard output\n{Text[..Math.Min(Text.Length, 2000)]}\nstandard error:\n{Errors}";
}
