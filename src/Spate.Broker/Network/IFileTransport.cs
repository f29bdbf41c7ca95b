using Microsoft.Win32.SafeHandles;

namespace Spate.Broker.Network;

/// <summary>A transport that can have the operating system send from a file: the bytes go from the page cache to the network uncopied.</summary>
internal interface IFileTransport : ITransport
{
    /// <summary>Whether this system can do it.</summary>
    bool CanSendFiles { get; }

    /// <summary>Sends as much of a stretch of a file as there is room for, without waiting. Nothing else may be sending.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="position">Where the stretch starts.</param>
    /// <param name="count">Bytes in it, at least 1.</param>
    /// <param name="sent">Bytes that were taken, at least 1 when the method returns true.</param>
    /// <returns>False when there is no room now.</returns>
    /// <exception cref="EndOfStreamException">The file ends before the stretch does.</exception>
    bool TrySendFile(SafeFileHandle file, long position, int count, out int sent);
}
