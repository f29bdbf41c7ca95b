using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Runtime;

/// <summary>Messages behind an int16 version, as all records of internal topics are kept.</summary>
internal static class VersionedMessage
{
    public static byte[] Encode(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        var bytes = new byte[writer.Length];
        var length = 0;
        foreach (var part in writer.Parts)
        {
            part.Bytes.CopyTo(bytes.AsMemory(length));
            length += part.Length;
        }

        return bytes;
    }

    /// <exception cref="MalformedMessageException">The bytes are none of the message.</exception>
    public static TMessage Decode<TMessage>(ReadOnlyMemory<byte> bytes)
        where TMessage : IMessage, new()
    {
        var reader = new MessageReader(bytes);
        var version = reader.ReadInt16();
        var message = new TMessage();
        message.Read(ref reader, version);
        return message;
    }
}
