using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Client.Producing.Transactions;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing;

/// <summary>
/// What becomes of a batch when its request has ended: delivered, sent again, sent again in halves, failed, or the end of the whole producer. Belongs to
/// the sender's loop.
/// </summary>
internal sealed class ProduceVerdicts(Cluster cluster, ProducerOptions options, Accumulator accumulator, ProducerNumbers numbers, TransactionSlot transactions)
{
    /// <summary>From here on sending again is worth a warning, now and then.</summary>
    private const int AttemptsBeforeWarning = 8;

    /// <summary>After which nothing more can be sent; set once.</summary>
    public KafkaException? Fatal { get; private set; }

    public void Settle(ProduceDraft draft)
    {
        LearnLeaders(draft);
        foreach (var batch in draft.Batches)
        {
            batch.Queue.InFlight.Remove(batch);
            if (draft.Failure is { } failure)
            {
                Judge(draft, batch, failure, answer: null);
            }
            else if (draft.Response is not { } response)
            {
                Deliver(batch, baseOffset: -1, appendTimeMs: -1);
            }
            else if (ProduceRequests.Find(response, batch.Queue.Name, cluster.Metadata.Current) is not { } answer)
            {
                Judge(draft, batch, NoAnswer(draft, batch), answer: null);
            }
            else if (answer.ErrorCode is ErrorCode.None or ErrorCode.DuplicateSequenceNumber)
            {
                // A duplicate so old that its offset is forgotten is there all the same.
                Deliver(batch, answer.ErrorCode == ErrorCode.None ? answer.BaseOffset : -1, answer.LogAppendTimeMs);
            }
            else
            {
                Judge(draft, batch, BrokerFailure.Of(answer.ErrorCode, ApiKey.Produce, draft.Connection.Broker, null, batch.Queue.Name, answer.ErrorMessage), answer);
            }
        }
    }

    /// <summary>No more is lost for now: the log is told of what it was not told yet.</summary>
    public void LogKeptBack(PartitionQueue queue)
    {
        if (queue.Losses.Clear() is { Batches: > 0 } untold)
        {
            cluster.Watch.ProducerLog.AlsoUndelivered(untold.Records, queue.Name, untold.Batches);
        }
    }

    /// <summary>The time of a batch is up: its callers are told. One on the wire stays there, since its bytes are being sent and its fate is open.</summary>
    public void Expire(ProducerBatch batch, bool isOnWire)
    {
        var obstacle = accumulator.Obstacles.Of(batch.Queue.Name, batch.LastFailure);
        var failure = new KafkaTimeoutException(
            $"{Undelivered(batch)} within {options.DeliveryTimeout.TotalMilliseconds} ms. "
            + $"{obstacle?.Text ?? "No broker had taken or refused them."}{Fate(batch, isOnWire)} If the brokers are only slow, raise DeliveryTimeout.",
            obstacle?.Cause)
        {
            Partition = batch.Queue.Name,
            Broker = obstacle?.Broker,
        };
        Tell(batch, _ => failure);
        if (!isOnWire)
        {
            End(batch);
        }
    }

    /// <summary>The producer ends before a batch was delivered: its callers are told. One on the wire stays there.</summary>
    public void Leave(ProducerBatch batch, bool isOnWire)
    {
        var obstacle = accumulator.Obstacles.Of(batch.Queue.Name, batch.LastFailure);
        var failure = new KafkaException(
            ErrorCode.NetworkException,
            $"{Undelivered(batch)} before the producer was disposed.{(obstacle is { } found ? $" {found.Text}" : "")}{Fate(batch, isOnWire)} Flush before the end, or give it more time.",
            obstacle?.Cause)
        {
            IsRetriable = false,
            Partition = batch.Queue.Name,
            Broker = obstacle?.Broker,
        };
        Tell(batch, _ => failure);
        if (!isOnWire)
        {
            End(batch);
        }
    }

    /// <summary>A batch on the wire whose answer will not be waited for.</summary>
    public void FailOnWire(ProducerBatch batch, KafkaException failure) => Tell(batch, _ => failure);

    /// <summary>A batch that cannot be sent at all.</summary>
    public void Fail(ProducerBatch batch, KafkaException failure)
    {
        Tell(batch, _ => failure);
        End(batch);
    }

    /// <summary>A batch of a transaction that has failed or is being aborted: it is not sent any more.</summary>
    public void Drop(ProducerBatch batch, KafkaException failure)
    {
        ProducerWatch.Ended(cluster, batch, failure);
        Notify(batch, _ => failure);
        End(batch);
    }

    public void Die(KafkaException failure)
    {
        if (Fatal is null)
        {
            Fatal = Ended(failure);
            cluster.Watch.ProducerLog.Fatal(failure.Message);
        }
    }

    /// <summary>A failure as the end of the producer.</summary>
    public static KafkaException Ended(KafkaException failure) => failure.IsFatal ? failure : new(failure.ErrorCode, $"{failure.Message} The producer cannot go on; dispose it and make another.", failure)
    {
        IsFatal = true,
        IsRetriable = false,
        Broker = failure.Broker,
        Partition = failure.Partition,
    };

    private static string Undelivered(ProducerBatch batch) =>
        $"{(batch.Count == 1 ? "A record" : $"{batch.Count} records")} for {batch.Queue.Name} {(batch.Count == 1 ? "was" : "were")} not delivered ({batch.Attempts} {(batch.Attempts == 1 ? "attempt" : "attempts")})";

    /// <summary>Whoever sends it again has to know that it may be there already.</summary>
    private static string Fate(ProducerBatch batch, bool isOnWire) => isOnWire || batch.MayBeWritten ? " Whether it was written all the same is not known." : "";

    private static bool EndsTheProducer(ErrorCode code) => code is ErrorCode.ClusterAuthorizationFailed or ErrorCode.ProducerFenced or ErrorCode.TransactionalIdAuthorizationFailed;

    private static bool ComplainsOfNumbers(ErrorCode code) => code is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId;

    private static KafkaConnectionException NoAnswer(ProduceDraft draft, ProducerBatch batch) =>
        new KafkaConnectionException($"Broker {draft.Connection.Broker} answered a Produce request without a word on {batch.Queue.Name}.") { Broker = draft.Connection.Broker, Partition = batch.Queue.Name };

    /// <summary>A broker that does not lead a partition any more says who does (KIP-951).</summary>
    private void LearnLeaders(ProduceDraft draft)
    {
        if (draft.Response is not { } response
            || !response.Responses.Exists(static topic => topic.PartitionResponses.Exists(static partition => partition.CurrentLeader is not null)))
        {
            return;
        }

        var leaders = new List<LearntLeader>();
        foreach (var batch in draft.Batches)
        {
            if (ProduceRequests.Find(response, batch.Queue.Name, cluster.Metadata.Current)?.CurrentLeader is { } leader)
            {
                leaders.Add(new LearntLeader(batch.Queue.Name, leader.LeaderId, leader.LeaderEpoch));
            }
        }

        cluster.Metadata.Learn(
            leaders, [.. response.NodeEndpoints.Select(static node => new NodeMetadata(node.NodeId, new ServerAddress(node.Host, node.Port), node.Rack))]);
    }

    private void Judge(ProduceDraft draft, ProducerBatch batch, KafkaException failure, ProduceResponse.PartitionProduceResponse? answer)
    {
        var queue = batch.Queue;
        batch.MayBeWritten |= answer is null || failure.ErrorCode is ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend;
        if (batch.IsTold)
        {
            End(batch);
        }
        else if (failure.ErrorCode == ErrorCode.MessageTooLarge && batch.Count > 1)
        {
            var (first, second) = accumulator.Split(batch);
            lock (queue.Gate)
            {
                queue.PutBack(first);
                queue.PutBack(second);
            }
        }
        else if (numbers.IsOn && ComplainsOfNumbers(failure.ErrorCode) && !(transactions.IsOn && queue.IsNext(batch)))
        {
            // One that comes too early is right once those before it have arrived. One that should have been next shows that the broker has lost count.
            queue.NeedsNewEpoch |= queue.IsNext(batch);
            Retry(batch, failure, isLeaderKnown: false);
        }
        else if (numbers.IsOn && EndsTheProducer(failure.ErrorCode))
        {
            Die(failure.ErrorCode == ErrorCode.ProducerFenced && transactions.IsOn ? TransactionFailure.Fenced(failure.ErrorCode, transactions.TransactionalId, failure.Message, failure) : failure);
            Fail(batch, Fatal!);
        }
        else if (failure.IsRetriable && batch.Attempts <= options.Retries)
        {
            cluster.Metadata.Invalidate();
            Retry(batch, failure, isLeaderKnown: answer?.CurrentLeader is not null && cluster.Metadata.Current.Find(queue.Name)?.Leader != draft.NodeId);
        }
        else
        {
            Tell(batch, FailureOfEach(failure, answer));
            End(batch);
        }
    }

    /// <summary>Sends a batch again, after a wait unless it was only sent to the wrong broker.</summary>
    private void Retry(ProducerBatch batch, KafkaException failure, bool isLeaderKnown)
    {
        var wait = isLeaderKnown ? TimeSpan.Zero : cluster.Options.NewRetryBackoff().After(batch.Attempts, cluster.Chance);
        batch.LastFailure = failure;
        batch.RetryAt = cluster.Clock.GetTimestamp() + (long)(wait.TotalSeconds * cluster.Clock.TimestampFrequency);
        LogRetry(batch, failure);
        lock (batch.Queue.Gate)
        {
            batch.Queue.PutBack(batch);
        }
    }

    private void LogRetry(ProducerBatch batch, KafkaException failure)
    {
        if (batch.Attempts >= AttemptsBeforeWarning && ClientWatch.IsWorthTelling(batch.Attempts))
        {
            cluster.Watch.ProducerLog.StillRetried(
                batch.Count, batch.Queue.Name, batch.Attempts, cluster.Clock.GetElapsedTime(batch.CreatedAt).TotalMilliseconds, options.DeliveryTimeout.TotalMilliseconds, failure.Message);
        }
        else
        {
            cluster.Watch.ProducerLog.Retried(batch.Count, batch.Queue.Name, batch.Attempts, failure.Message);
        }
    }

    private void Deliver(ProducerBatch batch, long baseOffset, long appendTimeMs)
    {
        if (numbers.IsOn)
        {
            batch.Queue.Acknowledge(batch);
        }

        LogKeptBack(batch.Queue);
        ProducerWatch.Ended(cluster, batch, failure: null);
        if (batch.TellDelivered(baseOffset, appendTimeMs) is { } thrown)
        {
            Die(CallbackThrew(thrown));
        }

        accumulator.Retire(batch, batch.ReservedBytes);
    }

    private void Tell(ProducerBatch batch, Func<int, KafkaException> failure)
    {
        if (!batch.IsTold)
        {
            var first = failure(0);
            LogLoss(batch, first.Message);
            ProducerWatch.Ended(cluster, batch, first);
            transactions.Scope?.Fail(first);
        }

        Notify(batch, failure);
    }

    /// <summary>Every caller hears of each record; the log hears of ever fewer of the batches that are lost in a row.</summary>
    private void LogLoss(ProducerBatch batch, string why)
    {
        if (batch.Queue.Losses.Add(batch.Count, out var batches, out var records))
        {
            if (batches > 0)
            {
                cluster.Watch.ProducerLog.AlsoUndelivered(records, batch.Queue.Name, batches);
            }

            cluster.Watch.ProducerLog.Undelivered(batch.Count, batch.Queue.Name, why);
        }
    }

    private void Notify(ProducerBatch batch, Func<int, KafkaException> failure)
    {
        if (batch.TellFailed(failure) is { } thrown)
        {
            Die(CallbackThrew(thrown));
        }
    }

    /// <summary>A batch ends without having been delivered: if it had numbers, they are missing at the broker.</summary>
    private void End(ProducerBatch batch)
    {
        if (numbers.IsOn && batch.HasSequence)
        {
            batch.Queue.NeedsNewEpoch = true;
            transactions.Scope?.FindGap();
        }

        accumulator.Retire(batch, batch.ReservedBytes);
    }

    /// <summary>Where the broker names the records that it refused, the others are told that they were refused with them (KIP-467).</summary>
    private static Func<int, KafkaException> FailureOfEach(KafkaException failure, ProduceResponse.PartitionProduceResponse? answer)
    {
        if (answer is null || answer.RecordErrors.Count == 0)
        {
            return _ => failure;
        }

        var refused = new Dictionary<int, KafkaException>();
        foreach (var record in answer.RecordErrors)
        {
            refused[record.BatchIndex] = new KafkaException(failure.ErrorCode, $"{failure.Message} This record: {Sentence.Of(record.BatchIndexErrorMessage is { Length: > 0 } reason ? reason : "no reason given")}")
            {
                Broker = failure.Broker,
                Partition = failure.Partition,
            };
        }

        var other = new KafkaException(failure.ErrorCode, $"{failure.Message} Other records of the same batch were at fault; this one may be sent again.")
        {
            Broker = failure.Broker,
            Partition = failure.Partition,
            IsRetriable = true,
        };
        return index => refused.GetValueOrDefault(index, other);
    }

    private static KafkaException CallbackThrew(Exception thrown) =>
        new(ErrorCode.UnknownServerError, $"A delivery callback threw {thrown.GetType().Name}: {thrown.Message} Callbacks must not throw.", thrown) { IsFatal = true };
}
