using System.Buffers.Binary;

namespace Spate.Broker.Network;

/// <summary>Guesses what a client speaks whose first four bytes are no length of a request.</summary>
internal static class ForeignProtocol
{
    private const byte TlsHandshake = 0x16;
    private const byte TlsMajorVersion = 3;

    /// <summary>What it looks like and what to do about it, as the end of a sentence; null when it looks like nothing that is known.</summary>
    /// <param name="length">The four bytes, read as a length.</param>
    public static string? Guess(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        if (bytes[0] == TlsHandshake && bytes[1] == TlsMajorVersion)
        {
            return "its first bytes look like TLS, and this listener speaks plaintext; set the client's security.protocol to PLAINTEXT, or have it connect to a listener with TLS";
        }

        return bytes.SequenceEqual("GET "u8) || bytes.SequenceEqual("POST"u8) || bytes.SequenceEqual("PUT "u8) || bytes.SequenceEqual("HEAD"u8)
            || bytes.SequenceEqual("OPTI"u8) || bytes.SequenceEqual("DELE"u8) || bytes.SequenceEqual("PATC"u8) || bytes.SequenceEqual("CONN"u8)
            || bytes.SequenceEqual("PRI "u8)
            ? "its first bytes look like HTTP, and this port speaks the Kafka protocol; a health check should only connect, and a browser belongs elsewhere"
            : bytes.SequenceEqual("SSH-"u8) ? "its first bytes look like SSH, and this port speaks the Kafka protocol"
            : null;
    }
}
