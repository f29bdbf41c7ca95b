using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Shares.Partitions;

/// <summary>Takes a partition over for a share group: reads what became of its records, and decides where delivery begins when nobody has yet.</summary>
internal sealed class ShareLoading(SharedParts parts)
{
    public async Task<(ErrorCode Error, SharePartition? Deliveries, int StateEpoch)> LoadAsync(SharePartitionKey key, Partition partition)
    {
        var (error, state) = await parts.States.ReadAsync(key, partition.LeaderEpoch);
        if (error != ErrorCode.None)
        {
            return (error, null, 0);
        }

        var settings = parts.Settings.Of(key.GroupId);
        if (state.StartOffset >= 0)
        {
            return Restore(key, partition, state, settings);
        }

        error = FindStart(partition, settings.OffsetReset, out var start);
        if (error == ErrorCode.None)
        {
            // Written down at once: after a crash "latest" would be another place, and what came in between would be left out.
            error = await parts.States.BeginAsync(key, partition.LeaderEpoch, state.StateEpoch, start);
        }

        return error == ErrorCode.None ? (error, new SharePartition(settings.Limits, start, []), state.StateEpoch) : (error, null, 0);
    }

    private (ErrorCode, SharePartition?, int) Restore(
        SharePartitionKey key, Partition partition, ReadShareGroupStateResponse.PartitionResult state, ShareSettings settings)
    {
        var end = partition.Log.LogEndOffset;
        if (state.StartOffset > end)
        {
            parts.Logger.LogIsShorter(partition.Name, key.GroupId, state.StartOffset, end);
        }

        // What the log has lost in a crash is made anew, and is to be delivered then.
        var batches = state.StateBatches.Where(batch => batch.FirstOffset < end).Select(batch => new StateBatch(
            batch.FirstOffset, Math.Min(batch.LastOffset, end - 1), (DeliveryState)batch.DeliveryState, batch.DeliveryCount));
        return (ErrorCode.None, new SharePartition(settings.Limits, Math.Min(state.StartOffset, end), [.. batches]), state.StateEpoch);
    }

    private ErrorCode FindStart(Partition partition, string reset, out long start)
    {
        start = reset == "earliest" ? partition.Log.LogStartOffset : partition.Log.HighWatermark;
        if (OffsetReset.DurationOf(reset) is not { } duration)
        {
            return ErrorCode.None;
        }

        var error = partition.FindByTimestamp(Math.Max(0, parts.Clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)duration.TotalMilliseconds), out var found);
        start = found?.Offset ?? start;
        return error;
    }
}
