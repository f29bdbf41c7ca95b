namespace Spate.Cli;

/// <summary>What the program's exit status says. <c>docs/cli.md</c> has the same table for users.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It could not do what was asked; the last line on standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>What was asked for makes no sense: a wrong option or setting. Nothing was touched.</summary>
    public const int Usage = 2;

    /// <summary>No broker could be reached in the time that it was given. Nothing is known of what was asked.</summary>
    public const int Unreachable = 3;

    /// <summary>What was named is not there: a topic, a partition, a group, a transactional id.</summary>
    public const int Missing = 4;

    /// <summary>It was looked for faults, and there are some.</summary>
    public const int Unhealthy = 5;

    /// <summary>It was interrupted from outside, such as by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
