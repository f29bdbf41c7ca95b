using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// What a consumer has handed out for a transaction to be made of: everything since what is committed, also what is in hand. It is committed with the transaction, or handed out again. Safe for use
/// by several threads at once.
/// </summary>
internal sealed class TransactionReading(ConsumerGroup group, Prefetch prefetch, Consumer consumer)
{
    /// <summary>Who commits.</summary>
    /// <exception cref="KafkaGroupException">Partitions have gone to others of which something was handed out, and is handed out there again.</exception>
    public ConsumerGroupMetadata Member()
    {
        var metadata = group.Metadata;
        lock (prefetch.Gate)
        {
            return !prefetch.HasLostUncommitted
                ? metadata
                : throw new KafkaGroupException(
                    ErrorCode.RebalanceInProgress,
                    metadata.GroupId,
                    $"Partitions of group '{metadata.GroupId}' have gone to other members while records of theirs were worked on, and those are handed out there again.")
                {
                    IsRetriable = false,
                };
        }
    }

    /// <summary>The next offset to be read, where something was handed out that is not committed.</summary>
    public Dictionary<TopicPartition, CommittedOffset> Offsets()
    {
        lock (prefetch.Gate)
        {
            return prefetch.Cursors.Where(static cursor => cursor is { HasUncommitted: true, Start: null })
                .ToDictionary(static cursor => cursor.Name, static cursor => new CommittedOffset(cursor.Position, LeaderEpoch: cursor.PositionEpoch));
        }
    }

    /// <summary>The transaction was committed.</summary>
    public void Commit(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets)
    {
        lock (prefetch.Gate)
        {
            prefetch.HasLostUncommitted = false;
            foreach (var (name, offset) in offsets)
            {
                prefetch.Find(name)?.Commit(offset.Offset);
            }
        }
    }

    /// <summary>The transaction was not committed: everything is handed out again.</summary>
    public void GoBack()
    {
        try
        {
            consumer.SeekToCommitted();
        }
        catch (ObjectDisposedException)
        {
            // It has ended, and whoever has its partitions next reads on from what is committed.
        }
    }
}
