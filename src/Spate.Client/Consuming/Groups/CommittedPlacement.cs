namespace Spate.Client.Consuming.Groups;

/// <summary>Finds out where partitions begin that go on from what the group has committed. One loop asks, for all of them that wait.</summary>
internal sealed class CommittedPlacement(GroupContext group, GroupOffsets offsets, Connections.WakeSignal wake)
{
    private readonly Patience _patience = new(group, "Reading the committed offsets");

    public async Task RunAsync(CancellationToken lifetime)
    {
        while (!lifetime.IsCancellationRequested)
        {
            var waiting = Waiting();
            if (waiting.Count == 0)
            {
                await wake.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
                continue;
            }

            try
            {
                var found = await offsets.FetchAsync([.. waiting.Select(static one => one.Cursor.Name)], lifetime).ConfigureAwait(false);
                _patience.Succeeded();
                Place(waiting, found);
            }
            catch (KafkaException failure)
            {
                if (!await RestAsync(failure, lifetime).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits until it is to be tried again; false when it is not to be any more.</summary>
    private async Task<bool> RestAsync(KafkaException failure, CancellationToken lifetime)
    {
        try
        {
            if (failure.IsRetriable)
            {
                await _patience.FailedAsync(failure, lifetime).ConfigureAwait(false);
                return true;
            }

            // What cannot be had for one is not to be had for any. It is tried again when partitions come, or an enumeration begins.
            group.Prefetch.Tell(failure);
            await _patience.RefusedAsync(lifetime).ConfigureAwait(false);
            await wake.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private List<(PartitionCursor Cursor, int Generation)> Waiting()
    {
        lock (group.Prefetch.Gate)
        {
            return [.. group.Prefetch.Cursors.Where(static cursor => cursor.Start == StartPosition.Committed && !cursor.IsFailed).Select(static cursor => (cursor, cursor.Generation))];
        }
    }

    private void Place(List<(PartitionCursor Cursor, int Generation)> waiting, Dictionary<Protocol.TopicPartition, CommittedOffset?> found)
    {
        lock (group.Prefetch.Gate)
        {
            foreach (var (cursor, generation) in waiting)
            {
                if (cursor.Generation != generation)
                {
                    continue;
                }

                if (found[cursor.Name] is { } committed)
                {
                    cursor.MoveTo(committed.Offset, committed.LeaderEpoch, checkedEpoch: -1);
                    cursor.Committed = committed.Offset;
                }
                else
                {
                    group.Prefetch.Reset(cursor);
                }
            }
        }

        group.Prefetch.Wake();
    }
}
