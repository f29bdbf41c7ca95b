namespace Spate.Cli;

/// <summary>What the program's exit status says.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It could not do what was asked; the last line on standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>What was asked for makes no sense: a wrong option or setting. Nothing was touched.</summary>
    public const int Usage = 2;
}
