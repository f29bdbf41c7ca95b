using Spate.Protocol.Records;
using Spate.Storage.Segments;
using Spate.Storage.Transactions;

namespace Spate.Storage.Compaction;

/// <summary>
/// Follows the transactions of a log whose batches are read from the front: which batches belong to an aborted one, and which markers end a
/// transaction of which nothing is left. Only the aborted transactions that begin in the segment under way are held.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed class TransactionFilter
{
    private readonly PriorityQueue<AbortedTransaction, long> _ahead = new();
    private readonly Dictionary<long, AbortedTransaction> _aborted = [];
    private readonly List<AbortedTransaction> _found = [];

    /// <summary>The producers of which a batch was seen since their last marker, be it of an aborted transaction or of another.</summary>
    private readonly HashSet<long> _seen = [];

    /// <summary>Begins with a segment.</summary>
    /// <param name="segments">All segments of the log.</param>
    /// <param name="index">The one that is read next.</param>
    /// <param name="isFirst">Whether nothing before it is read: transactions that began there count as well.</param>
    public void Enter(LogSegment[] segments, int index, bool isFirst)
    {
        var from = segments[index].BaseOffset;
        var to = index + 1 < segments.Length ? segments[index + 1].BaseOffset : long.MaxValue;
        _found.Clear();
        for (var next = index; next < segments.Length && !segments[next].Aborted.Search(from, to, _found); next++)
        {
            // The marker of a transaction, and with it the entry, may lie in any later segment.
        }

        foreach (var transaction in _found)
        {
            if (isFirst || transaction.FirstOffset >= from)
            {
                _ahead.Enqueue(transaction, transaction.FirstOffset);
            }
        }
    }

    /// <summary>Reads a batch of data.</summary>
    /// <returns>True when its records were aborted.</returns>
    public bool ReadData(in RecordBatchHeader header)
    {
        if (!header.IsTransactional)
        {
            return false;
        }

        Advance(header.LastOffset);
        _seen.Add(header.ProducerId);
        return _aborted.ContainsKey(header.ProducerId);
    }

    /// <summary>Reads a control batch.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="header">Its header.</param>
    /// <param name="aborted">The aborted transaction that it ends and of which there still are batches, so that readers must know of it.</param>
    /// <returns>True when it ends a transaction of which nothing is left, or says nothing any more.</returns>
    public bool ReadControl(ReadOnlySpan<byte> batch, in RecordBatchHeader header, out AbortedTransaction? aborted)
    {
        aborted = null;
        Advance(header.LastOffset);
        if (header.RecordCount == 0)
        {
            return true;
        }

        if (!ProducerReplay.TryReadMarker(batch, header, out var marker))
        {
            return false;
        }

        var isSeen = _seen.Remove(header.ProducerId);
        if (_aborted.Remove(header.ProducerId, out var transaction) && marker.IsAbort && isSeen)
        {
            aborted = transaction;
        }

        return !isSeen;
    }

    private void Advance(long offset)
    {
        while (_ahead.TryPeek(out var transaction, out var first) && first <= offset)
        {
            _ahead.Dequeue();
            _aborted[transaction.ProducerId] = transaction;
        }
    }
}
