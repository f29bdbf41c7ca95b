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
    public static byte[] Encode(IMetadataRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var version = WrittenVersion(record);
        using var writer = new MessageWriter();
        writer.WriteUnsignedVarint(FrameVersion);
        writer.WriteUnsignedVarint((uint)record.Type);
        writer.WriteUnsignedVarint((uint)version);
        record.Write(writer, version);
        return writer.ToArray();
    }

    /// <summary>Reads a record back.</summary>
    /// <exception cref="InvalidDataException">The value is framed in a way, or of a type or version, that is not known here.</exception>
    /// <exception cref="MalformedMessageException">The bytes are not such a record.</exception>
    public static IMetadataRecord Decode(ReadOnlyMemory<byte> value)
    {
        var reader = new MessageReader(value);
        var frame = reader.ReadUnsignedVarint();
        var type = reader.ReadUnsignedVarint();
        var version = reader.ReadUnsignedVarint();
        if (frame != FrameVersion)
        {
            throw new InvalidDataException($"A metadata record has the frame version {frame}; {FrameVersion} is the only one known.");
        }

        var record = type > short.MaxValue ? null : MetadataRecordCatalog.Create((MetadataRecordType)type);
        if (record is null || version > (uint)record.HighestVersion)
        {
            throw new InvalidDataException($"A metadata record has the type {type} and the version {version}, which are not known; a newer broker may have written it.");
        }

        record.Read(ref reader, (short)version);
        reader.EnsureEnd();
        return record;
    }

    // Version 1 of a partition names the directories of its replicas. Version 2 would add eligible leaders, which nobody elects yet.
    private static short WrittenVersion(IMetadataRecord record) => record is PartitionRecord ? (short)1 : (short)0;
}
