namespace Spate.Storage.Producers;

/// <summary>
/// Transactions in the order of their first offsets. New ones begin behind all others, and old ones end first as a rule, so a sorted array
/// does: adding is appending, and the first is known at once. No two begin at the same offset. At most one for each producer id is open.
/// </summary>
internal sealed class TransactionQueue
{
    private readonly List<PartitionTransaction> _transactions = [];

    public int Count => _transactions.Count;

    public PartitionTransaction this[int index] => _transactions[index];

    public void Add(in PartitionTransaction transaction)
    {
        var index = Find(transaction.First.Offset);
        if (index >= 0)
        {
            throw new InvalidOperationException($"Two transactions begin at offset {transaction.First.Offset}.");
        }

        _transactions.Insert(~index, transaction);
    }

    public PartitionTransaction Remove(long firstOffset)
    {
        var index = Find(firstOffset);
        if (index < 0)
        {
            throw new InvalidOperationException($"No transaction begins at offset {firstOffset}.");
        }

        var transaction = _transactions[index];
        _transactions.RemoveAt(index);
        return transaction;
    }

    /// <summary>Removes those whose markers lie before an offset.</summary>
    public void RemoveEndedBefore(long offset)
    {
        var kept = 0;
        for (var index = 0; index < _transactions.Count; index++)
        {
            if (_transactions[index].LastOffset >= offset)
            {
                _transactions[kept++] = _transactions[index];
            }
        }

        _transactions.RemoveRange(kept, _transactions.Count - kept);
    }

    public void Clear() => _transactions.Clear();

    /// <summary>The place of the transaction that begins at an offset, or the complement of where it would go.</summary>
    private int Find(long firstOffset)
    {
        var low = 0;
        var high = _transactions.Count - 1;
        while (low <= high)
        {
            // The last place is where most searches end.
            var middle = high - ((high - low) / 2);
            var order = _transactions[middle].First.Offset.CompareTo(firstOffset);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
