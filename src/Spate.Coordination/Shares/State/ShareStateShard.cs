using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Shares.State;

/// <summary>
/// The delivery state of the share partitions that one partition of __share_group_state keeps (KIP-932): what the leaders of data partitions have told of them. It
/// knows nothing of members and locks. Touched by the shard's loop only.
/// </summary>
internal sealed class ShareStateShard(IShardContext context, ShareStateOptions options, IShareTopics topics) : ICoordinatorState
{
    private const string Cold = "cold";

    private readonly Dictionary<SharePartitionKey, SharePartitionState> _states = [];
    private readonly SnapshotPlaces _places = new();

    public IReadOnlyDictionary<SharePartitionKey, SharePartitionState> States => _states;

    /// <summary>The first offset of the log that still counts.</summary>
    public long OldestNeeded => _places.OldestNeeded;

    /// <summary>
    /// InitializeShareGroupState: a group begins to read a partition, or is made to begin elsewhere under a higher epoch. Within an epoch it begins once: a group that heard no
    /// answer asks again, and what it asked first may come when records have been delivered.
    /// </summary>
    public CommandOutcome Initialize(SharePartitionKey key, int stateEpoch, long startOffset, Reply<ErrorCode> reply)
    {
        var known = _states.GetValueOrDefault(key);
        if (key.Partition < 0 || stateEpoch < 0 || startOffset < SharePartitionState.NoOffset)
        {
            return Answer(reply, ErrorCode.InvalidRequest);
        }

        if (stateEpoch < known?.StateEpoch)
        {
            return Answer(reply, ErrorCode.FencedStateEpoch);
        }

        if (!topics.Has(key.TopicId, key.Partition))
        {
            return Answer(reply, ErrorCode.UnknownTopicOrPartition);
        }

        if (stateEpoch == known?.StateEpoch)
        {
            return Answer(reply, ErrorCode.None);
        }

        var nowMs = context.UtcNowMs;
        var state = new SharePartitionState(Next(known?.SnapshotEpoch ?? -1), stateEpoch, 0, startOffset, -1, nowMs, [], 0);
        return CommandOutcome.Append([ShareStateRecords.Snapshot(key, state, nowMs)], () =>
        {
            WatchForCold(key);
            reply.Complete(ErrorCode.None);
        });
    }

    /// <summary>ReadShareGroupState: the leader of a data partition takes a share partition over. Leaders before it are fenced from now on.</summary>
    public CommandOutcome Read(SharePartitionKey key, int leaderEpoch, Reply<(ErrorCode, SharePartitionState?)> reply)
    {
        var error = Check(key, leaderEpoch, out var known);
        if (error != ErrorCode.None)
        {
            reply.Complete((error, null));
            return CommandOutcome.Done;
        }

        if (leaderEpoch <= known!.LeaderEpoch)
        {
            reply.Complete((ErrorCode.None, known));
            return CommandOutcome.Done;
        }

        var record = ShareStateRecords.Update(key, known.SnapshotEpoch, leaderEpoch, SharePartitionState.NoOffset, known.DeliveryCompleteCount, []);
        return CommandOutcome.Append([record], () => reply.Complete((ErrorCode.None, _states[key])));
    }

    /// <summary>WriteShareGroupState: what has become of records.</summary>
    public CommandOutcome Write(SharePartitionKey key, WriteShareGroupStateRequest.PartitionData request, Reply<ErrorCode> reply)
    {
        var error = Check(key, request.LeaderEpoch, out var known);
        if (error == ErrorCode.None)
        {
            error = request.StateEpoch != -1 && request.StateEpoch < known!.StateEpoch ? ErrorCode.FencedStateEpoch : CheckBatches(request);
        }

        if (error != ErrorCode.None)
        {
            return Answer(reply, error);
        }

        var batches = request.StateBatches.ConvertAll(
            static batch => new StateBatch(batch.FirstOffset, batch.LastOffset, (DeliveryState)batch.DeliveryState, batch.DeliveryCount));
        return CommandOutcome.Append([Record(key, known!, request, batches)], () =>
        {
            context.Restart(ColdTimer(key), options.ColdInterval);
            reply.Complete(ErrorCode.None);
        });
    }

    /// <summary>DeleteShareGroupState: a group reads a partition no longer. Harmless when nothing is known of it.</summary>
    public CommandOutcome Delete(SharePartitionKey key, Reply<ErrorCode> reply)
    {
        if (key.Partition < 0)
        {
            return Answer(reply, ErrorCode.InvalidRequest);
        }

        return CommandOutcome.Append(_states.ContainsKey(key) ? [ShareStateRecords.Tombstone(key)] : [], () =>
        {
            context.Cancel(ColdTimer(key));
            reply.Complete(ErrorCode.None);
        });
    }

    public void Apply(CoordinatorRecord record)
    {
        switch (RecordFormat.TypeOf(record))
        {
            case ShareStateRecords.SnapshotType when record.Value is { } snapshot:
                var written = ShareStateRecords.ReadSnapshotKey(record);
                _states[written] = ShareStateRecords.ReadSnapshot(snapshot);
                _places.Taken(written);
                break;
            case ShareStateRecords.SnapshotType:
                var gone = ShareStateRecords.ReadSnapshotKey(record);
                _states.Remove(gone);
                _places.Forgotten(gone);
                break;
            case ShareStateRecords.UpdateType when record.Value is { } bytes:
                var update = ShareStateRecords.ReadUpdate(bytes);
                var key = ShareStateRecords.ReadUpdateKey(record);

                // An update that outlived its snapshot says nothing that a later snapshot does not say.
                if (_states.TryGetValue(key, out var known) && known.SnapshotEpoch == update.SnapshotEpoch)
                {
                    _states[key] = known.With(update.LeaderEpoch, update.StartOffset, update.DeliveryCompleteCount, update.Batches);
                }

                break;
        }
    }

    public void AppliedAt(long offset) => _places.At(offset);

    public void Loaded()
    {
        foreach (var key in _states.Keys)
        {
            WatchForCold(key);
        }
    }

    private static TimerKey ColdTimer(SharePartitionKey key) => new(Cold, key.ToString());

    private static CommandOutcome Answer(Reply<ErrorCode> reply, ErrorCode error)
    {
        reply.Complete(error);
        return CommandOutcome.Done;
    }

    private static int Next(int snapshotEpoch) => snapshotEpoch == int.MaxValue ? 0 : snapshotEpoch + 1;

    private static ErrorCode CheckBatches(WriteShareGroupStateRequest.PartitionData request) =>
        request.StartOffset >= SharePartitionState.NoOffset
        && request.StateBatches.TrueForAll(static batch =>
            batch.FirstOffset >= 0 && batch.LastOffset >= batch.FirstOffset && batch.DeliveryCount >= 0
            && (DeliveryState)batch.DeliveryState is DeliveryState.Available or DeliveryState.Acknowledged or DeliveryState.Archived)
            ? ErrorCode.None
            : ErrorCode.InvalidRequest;

    /// <summary>Writes all that is known of a share partition again when nothing has been written of it for a while, so that what is before it can be deleted.</summary>
    private void WatchForCold(SharePartitionKey key) => context.Schedule(ColdTimer(key), options.ColdInterval, () =>
    {
        if (!_states.TryGetValue(key, out var known))
        {
            return CommandOutcome.Done;
        }

        if (!_places.IsWorthMoving(key))
        {
            WatchForCold(key);
            return CommandOutcome.Done;
        }

        var nowMs = context.UtcNowMs;
        var state = known with { SnapshotEpoch = Next(known.SnapshotEpoch), CreatedMs = nowMs };
        return CommandOutcome.Append([ShareStateRecords.Snapshot(key, state, nowMs)], () => WatchForCold(key));
    });

    private ErrorCode Check(SharePartitionKey key, int leaderEpoch, out SharePartitionState? known)
    {
        known = _states.GetValueOrDefault(key);
        return key.Partition < 0 || known is null ? ErrorCode.InvalidRequest
            : leaderEpoch != -1 && leaderEpoch < known.LeaderEpoch ? ErrorCode.FencedLeaderEpoch
            : topics.Has(key.TopicId, key.Partition) ? ErrorCode.None
            : ErrorCode.UnknownTopicOrPartition;
    }

    private CoordinatorRecord Record(SharePartitionKey key, SharePartitionState known, WriteShareGroupStateRequest.PartitionData request, List<StateBatch> batches)
    {
        if (known.UpdatesSinceSnapshot < options.UpdatesPerSnapshot)
        {
            return ShareStateRecords.Update(key, known.SnapshotEpoch, request.LeaderEpoch, request.StartOffset, request.DeliveryCompleteCount, batches);
        }

        var nowMs = context.UtcNowMs;
        var state = known.With(request.LeaderEpoch, request.StartOffset, request.DeliveryCompleteCount, batches);
        return ShareStateRecords.Snapshot(
            key, state with { SnapshotEpoch = Next(known.SnapshotEpoch), StateEpoch = Math.Max(known.StateEpoch, request.StateEpoch), CreatedMs = nowMs }, nowMs);
    }
}
