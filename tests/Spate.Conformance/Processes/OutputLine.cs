namespace Spate.Conformance.Processes;

/// <summary>A line that a program wrote.</summary>
/// <param name="IsError">Whether it came on standard error.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct OutputLine(bool IsError, string Text)
{
    public override string ToString() => IsError ? $"err> {Text}" : $"out> {Text}";
}
