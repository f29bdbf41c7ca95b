using System.Buffers.Binary;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Storage;
using Spate.Storage.Transactions;

namespace Spate.Broker.Shares.Partitions;

/// <summary>
/// A stretch of a log that was read for a share group: its batches that have records for members, by their headers alone. Control batches and those of aborted
/// transactions are not among them. Whoever has it disposes it, or takes the records out of it.
/// </summary>
internal sealed class RecordsRead : IDisposable
{
    private readonly List<OffsetRange> _batches = [];
    private readonly List<(int Start, int End)> _places = [];
    private IRecordSource? _records;

    private RecordsRead(IRecordSource records, long fetchOffset) => (_records, FetchOffset, EndOffset) = (records, fetchOffset, fetchOffset);

    /// <summary>From where was read.</summary>
    public long FetchOffset { get; }

    /// <summary>Behind the last whole batch that was looked at.</summary>
    public long EndOffset { get; private set; }

    /// <summary>The offsets of batches with records, in order. The first one may begin before <see cref="FetchOffset"/>.</summary>
    public IReadOnlyList<OffsetRange> Batches => _batches;

    /// <summary>Bytes of these batches.</summary>
    public int Bytes { get; private set; }

    /// <summary>Looks through what was read, and owns it then.</summary>
    /// <param name="result">What was read.</param>
    /// <param name="fetchOffset">From where.</param>
    /// <param name="until">Batches that begin here or later are of no interest.</param>
    /// <exception cref="IOException">The records cannot be read.</exception>
    public static RecordsRead Of(in LogReadResult result, long fetchOffset, long until)
    {
        var read = new RecordsRead(result.Records, fetchOffset);
        try
        {
            read.LookThrough(result.Records, result.AbortedTransactions, until);
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of the batches in which records lie, without those before and behind. They belong to the caller then.</summary>
    public IRecordSource Take(long first, long last)
    {
        var from = _batches.FindIndex(batch => batch.Last >= first);
        var to = _batches.FindLastIndex(batch => batch.First <= last);
        var records = _records ?? throw new InvalidOperationException("The records were taken already.");
        _records = null;
        return _places[from].Start == 0 && _places[to].End == records.Length
            ? records
            : new RecordStretch(records, _places[from].Start, _places[to].End - _places[from].Start);
    }

    public void Dispose()
    {
        _records?.Dispose();
        _records = null;
    }

    private void LookThrough(IRecordSource records, IReadOnlyList<AbortedTransaction>? aborted, long until)
    {
        Span<byte> bytes = stackalloc byte[RecordBatchHeader.Size];
        for (var position = 0; position + RecordBatchLayout.Magic < records.Length && EndOffset < until;)
        {
            var header = bytes[..records.Read(position, bytes)];
            if (BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.BatchLength..]) is var length && length <= 0)
            {
                throw new InvalidDataException($"A batch behind offset {EndOffset} says that it is {length} bytes long.");
            }

            var end = position + (long)length + RecordBatchLayout.LogOverhead;
            if (end > records.Length)
            {
                // Cut short by what could be read at once.
                return;
            }

            var (offsets, hasRecords) = header[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic && RecordBatchHeader.TryRead(header, out var batch)
                ? (new OffsetRange(batch.BaseOffset, batch.LastOffset), !batch.IsControl && !IsAborted(batch, aborted))

                // A message of older formats says the offset of its last record; nothing is compacted between it and the one before that would not be a gap either way.
                : (new OffsetRange(EndOffset, BinaryPrimitives.ReadInt64BigEndian(header)), true);
            if (hasRecords && offsets.Last >= FetchOffset)
            {
                _batches.Add(offsets);
                _places.Add((position, (int)end));
                Bytes += (int)end - position;
            }

            EndOffset = Math.Max(EndOffset, offsets.Last + 1);
            position = (int)end;
        }
    }

    private static bool IsAborted(in RecordBatchHeader batch, IReadOnlyList<AbortedTransaction>? aborted)
    {
        for (var index = 0; batch.IsTransactional && aborted is not null && index < aborted.Count; index++)
        {
            var transaction = aborted[index];
            if (transaction.ProducerId == batch.ProducerId && transaction.FirstOffset <= batch.BaseOffset && batch.LastOffset <= transaction.LastOffset)
            {
                return true;
            }
        }

        return false;
    }
}
