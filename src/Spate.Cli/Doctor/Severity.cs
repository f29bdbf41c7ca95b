namespace Spate.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>It works, and will be slow or fail one day.</summary>
    Warning,

    /// <summary>It does not work, or records may be lost.</summary>
    Error,
}
