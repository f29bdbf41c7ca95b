using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// The numbers of an idempotent producer (KIP-98, KIP-360): an id and epoch from the cluster, and a count of records for each partition. When a gap
/// has come into the count of a partition, the epoch is raised and the count begins at 0; other partitions take the new epoch over once they
/// have nothing under way. A producer with transactions is given its id and epoch with each of them instead, and a gap is the end of one. Belongs to the sender's loop.
/// </summary>
internal sealed class ProducerNumbers(Cluster cluster, bool isOn, bool isGiven, ProducerObstacles obstacles, WakeSignal wake, CancellationToken stopping)
{
    private ProducerIdentity _identity = ProducerIdentity.None;
    private Task<ProducerIdentity>? _asking;
    private int _failures;
    private long _askAt;

    public bool IsOn => isOn;

    /// <summary>Why there will never be an id, once that is known.</summary>
    public KafkaException? Fatal { get; private set; }

    /// <summary>Takes over the id and epoch of a transaction; nothing of the one before is under way.</summary>
    public void Use(ProducerIdentity identity) => _identity = identity;

    /// <summary>Asks for an id where there is none.</summary>
    /// <returns>When to come again, as a timestamp of the clock; null when there is no need.</returns>
    public long? Ensure(long now)
    {
        if (!isOn || isGiven || !_identity.IsNone || Fatal is not null)
        {
            return null;
        }

        if (_asking is { IsCompleted: true })
        {
            Take(_asking, now);
            _asking = null;
        }

        if (_identity.IsNone && Fatal is null && _asking is null)
        {
            if (now < _askAt)
            {
                return _askAt;
            }

            _asking = AskAsync();
            wake.SetAfter(_asking);
        }

        return null;
    }

    /// <summary>Whether the oldest batch of a queue may be sent now.</summary>
    public bool MaySend(PartitionQueue queue, ProducerBatch batch)
    {
        if (!isOn)
        {
            return true;
        }

        if (queue.NeedsNewEpoch && isGiven && queue.Identity == _identity)
        {
            return false;
        }

        if (queue.NeedsNewEpoch && !isGiven)
        {
            if (queue.InFlight.Count > 0)
            {
                return false;
            }

            if (queue.Identity == _identity)
            {
                _identity = _identity.Next();
                if (_identity.IsNone)
                {
                    // No epoch is left: the loop comes again, and asks for another id.
                    wake.Set();
                }
            }

            queue.Renumber(_identity);
            cluster.Watch.ProducerLog.NumbersBegunAnew(queue.Name, _identity.Id, _identity.Epoch);
        }

        if (_identity.IsNone)
        {
            return false;
        }

        if (queue.Identity != _identity && queue.InFlight.Count == 0 && !batch.HasSequence)
        {
            queue.Renumber(_identity);
        }

        return !queue.MustWaitForEarlier(batch);
    }

    /// <summary>Gives a batch its numbers, unless it has them from an attempt before.</summary>
    public void Number(PartitionQueue queue, ProducerBatch batch)
    {
        if (isOn && !batch.HasSequence)
        {
            batch.Number(queue.Identity, queue.NextSequence);
            queue.NextSequence = RecordBatchHeader.AddToSequence(queue.NextSequence, batch.Count);
        }
    }

    private void Take(Task<ProducerIdentity> asked, long now)
    {
        if (asked.IsCompletedSuccessfully)
        {
            _identity = asked.Result;
            _failures = 0;
            obstacles.OfAll = null;
            return;
        }

        var failure = asked.Exception?.InnerException as KafkaException;
        if (failure is { IsFatal: true })
        {
            Fatal = failure;
            return;
        }

        if (failure is { IsRetriable: false })
        {
            Fatal = new KafkaException(failure.ErrorCode, $"The producer cannot be idempotent: {failure.Message} Or set EnableIdempotence to false.", failure)
            {
                IsFatal = true,
                IsRetriable = false,
                Broker = failure.Broker,
            };
            return;
        }

        obstacles.OfAll = failure;
        _failures++;
        var wait = cluster.Options.NewRetryBackoff().After(_failures, cluster.Chance);
        _askAt = now + (long)(wait.TotalSeconds * cluster.Clock.TimestampFrequency);
    }

    private async Task<ProducerIdentity> AskAsync()
    {
        var node = await ReachAsync().ConfigureAwait(false);
        var request = new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue };
        using var reply = await cluster.AskAsync(node, request, stopping).ConfigureAwait(false);
        return reply.Message.ErrorCode == ErrorCode.None
            ? new ProducerIdentity(reply.Message.ProducerId, reply.Message.ProducerEpoch)
            : throw BrokerFailure.Of(reply.Message.ErrorCode, ApiKey.InitProducerId, cluster.Metadata.Current.NameOf(node));
    }

    /// <summary>A node that is connected to. What keeps it from being reached says nothing about ids, and may be another address' fault: only refused credentials end the producer.</summary>
    private async Task<int> ReachAsync()
    {
        try
        {
            var node = await cluster.AnyNodeAsync(stopping).ConfigureAwait(false);
            await cluster.Brokers.Find(node).ConnectAsync(stopping).ConfigureAwait(false);
            return node;
        }
        catch (KafkaException failure) when (failure is { IsRetriable: false, IsFatal: false })
        {
            throw new KafkaConnectionException(failure.Message, failure) { Broker = failure.Broker };
        }
    }
}
