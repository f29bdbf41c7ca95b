using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Compaction;

/// <summary>
/// Reads the part of a log that has not been cleaned and notes the last offset of every key in it, but for aborted records, until the map is
/// full. Not safe for use by several threads at once.
/// </summary>
internal sealed class OffsetMapBuilder : IDisposable
{
    private readonly OffsetMap _map;
    private readonly long _firstDirtyOffset;
    private readonly PooledBuffer _scratch = new();

    public OffsetMapBuilder(OffsetMap map, long firstDirtyOffset)
    {
        _map = map;
        _firstDirtyOffset = firstDirtyOffset;
        End = firstDirtyOffset;
    }

    public TransactionFilter Transactions { get; } = new();

    /// <summary>Every key of the records from the first dirty offset to this one is in the map.</summary>
    public long End { get; private set; }

    public bool IsFull { get; private set; }

    /// <summary>Everything up to an offset has been read, though the last records before it may have been gone already.</summary>
    public void Finish(long firstUncleanableOffset) => End = firstUncleanableOffset;

    /// <summary>Reads whole batches until they end or the map is full.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="position">Where the first begins that could not be read, when there is one.</param>
    public RecordError Add(ReadOnlySpan<byte> batches, out int position)
    {
        var walk = new RecordBatchEnumerator(batches);
        var error = RecordError.None;
        position = 0;
        while (!IsFull && error == RecordError.None && walk.MoveNext())
        {
            position = walk.Position;
            error = walk.Magic == RecordBatchLayout.CurrentMagic ? AddBatch(walk.Current) : AddMessages(walk.Current, walk.Offset);
        }

        return error == RecordError.None ? walk.Error : error;
    }

    public void Dispose() => _scratch.Dispose();

    private RecordError AddBatch(ReadOnlySpan<byte> batch)
    {
        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None)
        {
            return error;
        }

        if (header.IsControl)
        {
            Transactions.ReadControl(batch, header, out _);
        }
        else if (!Transactions.ReadData(header) && header.LastOffset >= _firstDirtyOffset)
        {
            error = AddRecords(batch, header);
        }

        AdvanceTo(header.NextOffset, error);
        return error;
    }

    private RecordError AddRecords(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        var error = RecordBatch.Open(batch, header, BatchFilter.MaximumRecordBytes, _scratch, out var bytes);
        if (error != RecordError.None)
        {
            return error;
        }

        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (!IsFull && records.MoveNext())
        {
            if (records.HasKey)
            {
                Put(records.Current.Key.Span, header.BaseOffset + records.OffsetDelta);
            }
        }

        return IsFull ? RecordError.None : records.Error;
    }

    private RecordError AddMessages(ReadOnlySpan<byte> entry, long lastOffset)
    {
        var messages = new LegacyMessageEnumerator(entry, BatchFilter.MaximumRecordBytes, _scratch);
        while (!IsFull && messages.MoveNext())
        {
            if (!messages.Current.Key.IsNull)
            {
                Put(messages.Current.Key.Span, messages.Current.Offset);
            }
        }

        AdvanceTo(lastOffset + 1, messages.Error);
        return messages.Error;
    }

    private void Put(ReadOnlySpan<byte> key, long offset) =>
        IsFull = offset >= _firstDirtyOffset && !_map.TryPut(key, offset);

    // Of a batch that did not fit, some keys may be in the map: older records of them go already, as the newer ones stay in any case.
    private void AdvanceTo(long offset, RecordError error)
    {
        if (!IsFull && error == RecordError.None)
        {
            End = Math.Max(End, offset);
        }
    }
}
