using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Finds out whether a new leader has what was read under the one before it, and what to do where it has not (KIP-320).</summary>
internal sealed class PositionCheck(Cluster cluster, ConsumerOptions options, Prefetch prefetch)
{
    /// <summary>Asks a leader about positions, whose cursors are marked as being asked about. Begun under the gate; ends without throwing.</summary>
    public async Task RunAsync(int leader, List<FetchAsk> asks, CancellationToken cancellationToken)
    {
        // The caller holds the gate: nothing more than this may run on its thread.
        var wanted = asks.ConvertAll(static ask => (ask.Cursor.Name, ask.Cursor.FetchEpoch, ask.LeaderEpoch));
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        KafkaException? failure = null;
        Dictionary<TopicPartition, EpochEnd>? found = null;
        var broker = cluster.Metadata.Current.NameOf(leader);
        try
        {
            found = await EpochLookup.AskAsync(cluster.Brokers.Find(leader), wanted, cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The consumer ends, or the leader has moved; the loop looks again.
        }

        lock (prefetch.Gate)
        {
            foreach (var ask in asks)
            {
                var cursor = ask.Cursor;
                cursor.IsAsking = false;
                if (ask.Generation != cursor.Generation)
                {
                    continue;
                }

                if (failure is not null)
                {
                    prefetch.Judge(cursor, failure);
                }
                else if (found is not null && !found.ContainsKey(cursor.Name))
                {
                    prefetch.Delay(cursor, Prefetch.NoAnswer(cursor, broker));
                }
                else if (found is not null)
                {
                    Settle(ask, found[cursor.Name], broker);
                }
            }
        }
    }

    private void Settle(in FetchAsk ask, EpochEnd answer, string broker)
    {
        var cursor = ask.Cursor;
        if (answer.Error != ErrorCode.None)
        {
            prefetch.Judge(cursor, BrokerFailure.Of(answer.Error, ApiKey.OffsetForLeaderEpoch, broker, null, cursor.Name));
        }
        else if (answer.IsKnown && answer.EndOffset >= cursor.FetchOffset)
        {
            cursor.Checked(ask.LeaderEpoch);
        }
        else if (cursor.FetchOffset > cursor.Position)
        {
            // What was read ahead is not in the log. What was handed out may be: that is asked next.
            cursor.Rewind();
        }
        else if (options.OffsetReset == OffsetReset.Fail)
        {
            prefetch.Refuse(cursor, Truncated(cursor, answer, broker));
        }
        else if (answer.IsKnown)
        {
            cursor.MoveTo(answer.EndOffset, answer.Epoch, ask.LeaderEpoch);
        }
        else
        {
            prefetch.Reset(cursor, Truncated(cursor, answer, broker));
        }
    }

    private static KafkaLogTruncatedException Truncated(PartitionCursor cursor, EpochEnd answer, string broker)
    {
        var where = answer.IsKnown ? $"from offset {answer.EndOffset} on" : "from an offset on that it does not know";
        return new KafkaLogTruncatedException(
            $"{cursor.Name} was read up to offset {cursor.Position}, but its new leader, broker {broker}, does not have what was read {where}: records were lost in an election. "
            + "Seek to go on, after undoing what was done with them if that matters.")
        {
            Partition = cursor.Name,
            Broker = broker,
            Offset = cursor.Position,
            DivergentOffset = answer.IsKnown ? answer.EndOffset : null,
        };
    }
}
