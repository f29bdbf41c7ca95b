using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Finds the offsets that belong to the positions where reading is to begin.</summary>
internal sealed class PositionLookup(Cluster cluster, ConsumerOptions options, Prefetch prefetch)
{
    /// <summary>Asks a leader about positions, whose cursors are marked as being asked about. Begun under the gate; ends without throwing.</summary>
    public async Task RunAsync(int leader, List<FetchAsk> asks, CancellationToken cancellationToken)
    {
        // The caller holds the gate: nothing more than this may run on its thread.
        var wanted = asks.ConvertAll(static ask => new WantedOffset(ask.Cursor.Name, ask.Cursor.Start!.Value, ask.LeaderEpoch));
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        KafkaException? failure = null;
        Dictionary<TopicPartition, FoundOffset>? found = null;
        var broker = cluster.Metadata.Current.NameOf(leader);
        try
        {
            found = await AskAsync(leader, wanted, cancellationToken).ConfigureAwait(false);

            // A time after the last record has no offset: reading begins at the end.
            var late = wanted.Where(one => found.TryGetValue(one.Name, out var answer) && answer is { Error: ErrorCode.None, Offset: < 0 }).ToList();
            if (late.Count > 0)
            {
                foreach (var (partition, end) in await AskAsync(leader, late.ConvertAll(static one => one with { Position = StartPosition.End }), cancellationToken).ConfigureAwait(false))
                {
                    found[partition] = end;
                }
            }
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
                ask.Cursor.IsAsking = false;
                if (ask.Generation != ask.Cursor.Generation)
                {
                    continue;
                }

                if (failure is not null)
                {
                    prefetch.Judge(ask.Cursor, failure);
                }
                else if (found is not null && !found.ContainsKey(ask.Cursor.Name))
                {
                    prefetch.Delay(ask.Cursor, Prefetch.NoAnswer(ask.Cursor, broker));
                }
                else if (found is not null)
                {
                    Settle(ask, found[ask.Cursor.Name], broker);
                }
            }
        }
    }

    private Task<Dictionary<TopicPartition, FoundOffset>> AskAsync(int leader, List<WantedOffset> wanted, CancellationToken cancellationToken) =>
        OffsetLookup.AskAsync(cluster.Brokers.Find(leader), wanted, options.IsolationLevel, cluster.Options.RequestTimeout, cancellationToken);

    private void Settle(in FetchAsk ask, FoundOffset answer, string broker)
    {
        if (answer.Error == ErrorCode.None)
        {
            ask.Cursor.MoveTo(answer.Offset, answer.LeaderEpoch, ask.LeaderEpoch);
        }
        else
        {
            prefetch.Judge(ask.Cursor, BrokerFailure.Of(answer.Error, ApiKey.ListOffsets, broker, null, ask.Cursor.Name));
        }
    }
}
