namespace Spate.Storage;

/// <summary>
/// The disk refused what the log needed, so that nobody can say any more what is on it. The log answers nothing else from now on, and the data
/// directory that it lies in is to be taken offline.
/// </summary>
public sealed class LogFailedException : Exception
{
    public LogFailedException(string directory, string action, Exception cause)
        : base($"The log in '{directory}' is offline: {action} failed. {cause.Message}", cause)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Directory = directory;
    }

    /// <summary>The partition's directory.</summary>
    public string Directory { get; }
}
