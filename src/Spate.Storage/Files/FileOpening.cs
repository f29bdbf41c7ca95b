namespace Spate.Storage.Files;

/// <summary>What opening a file does when it is there, and when it is not.</summary>
public enum FileOpening
{
    /// <summary>It must be there; it is opened for reading only.</summary>
    Read,

    /// <summary>It must be there; it is opened for reading and writing.</summary>
    Existing,

    /// <summary>It is created, empty, when it is not there.</summary>
    OpenOrCreate,

    /// <summary>It is created, and cut to nothing when it was there.</summary>
    Replace,
}
