using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Runtime;

/// <summary>
/// How the records of internal topics are laid out: key and value each behind an int16 version, and the version of the key is the type of the record.
/// </summary>
internal static class RecordFormat
{
    /// <summary>The type of a record, which may be none of ours.</summary>
    /// <exception cref="MalformedMessageException">The key is too short to have one.</exception>
    public static short TypeOf(CoordinatorRecord record) => new MessageReader(record.Key).ReadInt16();

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

    /// <summary>Reads a key or a value. Byte fields of the message are slices of <paramref name="bytes"/>.</summary>
    /// <exception cref="MalformedMessageException">The bytes are no such message.</exception>
    public static TMessage Decode<TMessage>(ReadOnlyMemory<byte> bytes)
        where TMessage : IMessage, new()
    {
        var reader = new MessageReader(bytes);
        var version = reader.ReadInt16();
        var message = new TMessage();
        message.Read(ref reader, version);
        return message;
    }

    /// <summary>Reads a record's value, whose byte fields are slices of a copy, so that it may be kept; null of a tombstone.</summary>
    /// <exception cref="MalformedMessageException">The bytes are no such message.</exception>
    public static TMessage? DecodeValue<TMessage>(CoordinatorRecord record)
        where TMessage : class, IMessage, new() => record.Value is { } value ? Decode<TMessage>(value.ToArray()) : null;
}
