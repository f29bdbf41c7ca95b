using System.Buffers.Binary;
using Spate.Protocol.Records;

namespace Spate.Storage.Segments;

/// <summary>
/// What the front of an entry in a log says: a batch of magic 2, or a message of magic 0 or 1, which old data directories still hold.
/// </summary>
internal readonly struct StoredBatch
{
    /// <summary>Bytes that are enough to read one.</summary>
    public const int HeaderSize = RecordBatchHeader.Size;

    /// <summary>Bytes of the whole entry.</summary>
    public required int Size { get; init; }

    public required byte Magic { get; init; }

    /// <summary>The first offset; for a compressed message before magic 2, which does not say, its last.</summary>
    public required long BaseOffset { get; init; }

    public required long LastOffset { get; init; }

    /// <summary>Milliseconds since 1970, or -1 when the entry has no timestamp.</summary>
    public required long MaxTimestamp { get; init; }

    /// <summary>-1 when the entry does not say.</summary>
    public required int LeaderEpoch { get; init; }

    /// <summary>All fields, in magic 2.</summary>
    public RecordBatchHeader Header { get; init; }

    public bool IsControl => Magic == RecordBatchLayout.CurrentMagic && Header.IsControl;

    /// <summary>Reads the front of an entry and judges it by itself: lengths and counts, not the checksum.</summary>
    /// <param name="source">The first <see cref="HeaderSize"/> bytes of the entry, or fewer when the file ends before.</param>
    /// <param name="available">Bytes from the start of the entry to the end of what may be read.</param>
    /// <param name="batch">What it says, when nothing is wrong.</param>
    public static RecordError TryRead(ReadOnlySpan<byte> source, long available, out StoredBatch batch)
    {
        batch = default;
        var error = RecordBatchEnumerator.Measure(source, out var size);
        if (size == 0)
        {
            return error;
        }

        if (size > available)
        {
            return RecordError.Incomplete;
        }

        batch = source[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic ? ReadCurrent(source, size) : ReadLegacy(source, size);
        return batch.BaseOffset < 0 || batch.LastOffset < batch.BaseOffset ? RecordError.InvalidOffset : RecordError.None;
    }

    private static StoredBatch ReadCurrent(ReadOnlySpan<byte> source, int size)
    {
        RecordBatchHeader.TryRead(source, out var header);
        return new StoredBatch
        {
            Size = size,
            Magic = RecordBatchLayout.CurrentMagic,
            BaseOffset = header.BaseOffset,
            LastOffset = header.LastOffset,
            MaxTimestamp = header.MaxTimestamp,
            LeaderEpoch = header.PartitionLeaderEpoch,
            Header = header,
        };
    }

    private static StoredBatch ReadLegacy(ReadOnlySpan<byte> source, int size)
    {
        var offset = BinaryPrimitives.ReadInt64BigEndian(source[LegacyMessageLayout.Offset..]);
        var magic = source[LegacyMessageLayout.Magic];
        return new StoredBatch
        {
            Size = size,
            Magic = magic,
            BaseOffset = offset,
            LastOffset = offset,
            MaxTimestamp = magic == 0 ? -1 : BinaryPrimitives.ReadInt64BigEndian(source[LegacyMessageLayout.Timestamp..]),
            LeaderEpoch = -1,
        };
    }
}
