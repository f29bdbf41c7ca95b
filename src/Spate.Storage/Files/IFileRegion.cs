using Microsoft.Win32.SafeHandles;

namespace Spate.Storage.Files;

/// <summary>
/// Record bytes that lie in one piece in a file of the operating system, so that it can send them itself without the process touching them.
/// </summary>
public interface IFileRegion
{
    /// <summary>The open file; null when the bytes lie elsewhere, as in a file system of memory. Good until the region is disposed.</summary>
    SafeFileHandle? Handle { get; }

    /// <summary>Where in the file the bytes start.</summary>
    long Start { get; }

    /// <summary>Asked after bytes were sent: they were the right ones only if this does not throw.</summary>
    /// <exception cref="IOException">The file was truncated meanwhile.</exception>
    void EnsureIntact();
}
