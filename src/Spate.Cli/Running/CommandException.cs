namespace Spate.Cli.Running;

/// <summary>The end of a verb that could not do what was asked. The message names the cause and the next step, and is all that a person sees.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
