using Spate.Protocol;
using Spate.Storage.Directories;

namespace Spate.Storage.Compaction;

/// <summary>Who may clean which log: one thread at a time, none while it is paused, and none any more when it cannot be cleaned. Safe for all threads.</summary>
internal sealed class CleaningTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, CleaningTurn> _running = [];
    private readonly Dictionary<TopicPartition, int> _pauses = [];

    /// <summary>By the log, not the partition alone: one that is made anew under the same name may be sound.</summary>
    private readonly Dictionary<TopicPartition, PartitionLog> _uncleanable = [];

    public IReadOnlyCollection<TopicPartition> Uncleanable
    {
        get
        {
            lock (_gate)
            {
                return [.. _uncleanable.Keys];
            }
        }
    }

    public bool MayClean(HostedLog hosted)
    {
        lock (_gate)
        {
            return MayCleanUnderGate(hosted);
        }
    }

    /// <summary>Takes a turn, which ends when it is disposed; null when it is no longer free.</summary>
    public CleaningTurn? TryBegin(HostedLog hosted, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!MayCleanUnderGate(hosted))
            {
                return null;
            }

            var turn = new CleaningTurn(this, hosted.Partition, cancellationToken);
            _running.Add(hosted.Partition, turn);
            return turn;
        }
    }

    public void SetUncleanable(HostedLog hosted)
    {
        lock (_gate)
        {
            _uncleanable[hosted.Partition] = hosted.Log;
        }
    }

    public void Forget(TopicPartition partition)
    {
        lock (_gate)
        {
            _uncleanable.Remove(partition);
        }
    }

    /// <summary>Keeps everybody from a log until <see cref="Resume"/>.</summary>
    /// <returns>Ends when nobody cleans it any more.</returns>
    public Task Pause(TopicPartition partition)
    {
        CleaningTurn? turn;
        lock (_gate)
        {
            _pauses[partition] = _pauses.GetValueOrDefault(partition) + 1;
            _running.TryGetValue(partition, out turn);
        }

        turn?.Stop();
        return turn?.Ended ?? Task.CompletedTask;
    }

    public void Resume(TopicPartition partition)
    {
        lock (_gate)
        {
            if (--_pauses[partition] == 0)
            {
                _pauses.Remove(partition);
            }
        }
    }

    internal void End(TopicPartition partition)
    {
        lock (_gate)
        {
            _running.Remove(partition);
        }
    }

    private bool MayCleanUnderGate(HostedLog hosted) =>
        !_running.ContainsKey(hosted.Partition)
        && !_pauses.ContainsKey(hosted.Partition)
        && !ReferenceEquals(_uncleanable.GetValueOrDefault(hosted.Partition), hosted.Log);
}
