using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Consuming;

/// <summary>What was written out and is not committed yet: nothing is committed that nobody has seen. Safe for use by several threads at once.</summary>
internal sealed class CommitLedger(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, CommittedOffset> _written = [];
    private long _last = clock.GetTimestamp();

    public void Add(ReadRecord record)
    {
        lock (_gate)
        {
            _written[record.Partition] = new CommittedOffset(record.Offset + 1, LeaderEpoch: record.LeaderEpoch);
        }
    }

    /// <summary>Commits if it was not done for a while.</summary>
    public Task CommitNowAndThenAsync(Consumer consumer, CancellationToken cancellation) =>
        clock.GetElapsedTime(_last) >= Interval ? CommitAsync(consumer, cancellation) : Task.CompletedTask;

    /// <exception cref="Spate.Client.KafkaException">It could not be committed.</exception>
    public async Task CommitAsync(Consumer consumer, CancellationToken cancellation)
    {
        Dictionary<TopicPartition, CommittedOffset> offsets;
        lock (_gate)
        {
            offsets = new Dictionary<TopicPartition, CommittedOffset>(_written);
            _written.Clear();
        }

        _last = clock.GetTimestamp();
        await consumer.CommitAsync(offsets, cancellation);
    }

    /// <summary>These partitions belong to somebody else: what is not committed is read again there.</summary>
    public void Forget(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _written.Remove(partition);
            }
        }
    }
}
