using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Spate.Client.Connections;

/// <summary>
/// How much of a large reply must have come before its reader is woken. Nothing can be done with a part of it, and each time that a thread is woken for one costs more than
/// the part's copy. Where the system has no such threshold, or what comes is encrypted, the reader is woken for whatever comes. For use by one reader.
/// </summary>
internal sealed class ReceiveThreshold
{
    /// <summary>Replies with less to come than this are waited for as they come.</summary>
    private const int WorthwhileBytes = 128 * 1024;

    /// <summary>The system keeps room for twice as much.</summary>
    private const int MostBytes = 1024 * 1024;

    // As Linux numbers them: the framework has no name for the option there.
    private const int SocketLevel = 1;
    private const int ReceiveLowWater = 18;
    private const int Anything = 1;

    private readonly Socket? _socket;
    private int _bytes = Anything;

    public ReceiveThreshold(Stream stream) => _socket = OperatingSystem.IsLinux() && stream is NetworkStream plain ? plain.Socket : null;

    /// <summary>As many bytes of a reply are still to come; 0 when it is whole. Call it before each read: what is waited for must not be more than what will be sent.</summary>
    public void Expect(int rest)
    {
        var bytes = rest >= WorthwhileBytes || (_bytes != Anything && rest > 0) ? Math.Min(rest, MostBytes) : Anything;
        if (_socket is not null && bytes != _bytes)
        {
            _socket.SetRawSocketOption(SocketLevel, ReceiveLowWater, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)));
            _bytes = bytes;
        }
    }
}
