namespace Spate.Storage.Directories;

/// <summary>
/// The log directories are not what the configuration says, and only their owner can tell which of the two is wrong: the broker does not
/// start. A disk that fails is no such case: that directory goes offline and the others go on.
/// </summary>
public sealed class LogDirectoryException(string message) : Exception(message);
