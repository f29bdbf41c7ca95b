using Spate.Metadata.Images;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Metadata.Log;

/// <summary>
/// Decisions as the values of records, in Kafka's framing: a frame version, the record's type, its version, its fields. Stateless.
/// </summary>
public static class MetadataRecordCodec
{
    private const uint FrameVersion = 1;

    /// <summary>The bytes of a record in the version that goes with a level of <c>metadata.version</c>.</summary>
    /// <param name="record">The record.</param>
    /// <param name="metadataVersion">The level; the default is the newest.</param>
    public static byte[] Encode(IMetadataRecord record, short metadataVersion = MetadataVersion.Latest)
    {
        ArgumentNullException.ThrowIfNull(record);
        var version = RecordVersions.Of(record, metadataVersion);
        using var writer = new MessageWriter();
        writer.WriteUnsignedVarint(FrameVersion);
        writer.WriteUnsignedVarint((uint)record.Type);
        writer.WriteUnsignedVarint((uint)version);
        Fitting(record, version).Write(writer, version);
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

    /// <summary>A record as an early version can carry it: unknown directories of replicas are said by naming none.</summary>
    private static IMetadataRecord Fitting(IMetadataRecord record, short version)
    {
        if (version > 0 || record is not PartitionRecord { Directories.Count: > 0 } partition || partition.Directories.Exists(directory => !directory.IsZero))
        {
            return record;
        }

        var fitting = PartitionImage.From(partition).ToRecord(partition.TopicId);
        fitting.Directories.Clear();
        return fitting;
    }
}
