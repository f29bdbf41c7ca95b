using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Metadata.Log;

/// <summary>
/// Decisions as the values of records, in Kafka's framing: a frame version, the record's type, its version, its fields. Stateless.
/// </summary>
public static class MetadataRecordCodec
{
    private const uint FrameVersion = 1;

    /// <summary>The bytes of a record in the version that this broker writes.</summary>
    public static byte[] Encode(IMessage record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var (type, version) = Written(record);
        using var writer = new MessageWriter();
        writer.WriteUnsignedVarint(FrameVersion);
        writer.WriteUnsignedVarint((uint)type);
        writer.WriteUnsignedVarint((uint)version);
        record.Write(writer, version);
        return writer.ToArray();
    }

    /// <summary>Reads a record back.</summary>
    /// <exception cref="MalformedMessageException">The bytes are not a metadata record of a type and version that are known here.</exception>
    public static IMessage Decode(ReadOnlyMemory<byte> value)
    {
        var reader = new MessageReader(value);
        var frame = reader.ReadUnsignedVarint();
        if (frame != FrameVersion)
        {
            throw new MalformedMessageException($"A metadata record has the frame version {frame}; {FrameVersion} is the only one known.");
        }

        var type = reader.ReadUnsignedVarint();
        var version = reader.ReadUnsignedVarint();
        var record = MetadataRecords.Create((short)type)
            ?? throw new MalformedMessageException($"A metadata record has the type {type}, which is not known.");
        record.Read(ref reader, (short)version);
        reader.EnsureEnd();
        return record;
    }

    private static (short Type, short Version) Written(IMessage record) => record switch
    {
        TopicRecord => (2, 0),
        PartitionRecord => (3, 1), // 1 carries the directories of the replicas.
        ConfigRecord => (4, 0),
        RemoveTopicRecord => (9, 0),
        _ => throw new ArgumentException($"A {record.GetType().Name} is never written.", nameof(record)),
    };
}
