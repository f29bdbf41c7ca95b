namespace Spate.Storage.Validation;

/// <summary>What in the bytes an append was refused for, as far as it is counted apart: the error codes tell some of it in one.</summary>
public enum AppendFailureCause : byte
{
    Other = 0,

    /// <summary>Records without a key in a compacted topic.</summary>
    MissingKey,

    /// <summary>A message format that is not known, or not allowed where it was sent.</summary>
    Magic,

    /// <summary>A checksum that does not match its bytes.</summary>
    Checksum,

    /// <summary>Offsets or sequence numbers that do not follow on.</summary>
    Numbering,
}
