using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>
/// The end of transactions: decided and written down first, then told to the partitions, then written down as done. From the first of these on
/// nothing can change it. A transaction ends by EndTxn (versions 0 to 5, from 5 on with an epoch of its own for each transaction, KIP-890),
/// or because its producer is fenced.
/// </summary>
internal sealed class TransactionEndings(TransactionShard shard, IShardContext context, TransactionCoordinatorOptions options)
{
    private const string ReplyPurpose = "end";

    /// <param name="request">The request.</param>
    /// <param name="version">Its version, which says what version of transactions the client speaks.</param>
    /// <param name="freshId">A producer id that nobody has had, when one was asked for.</param>
    /// <param name="reply">Null asks for a fresh producer id: the command is to be run again with one.</param>
    public CommandOutcome End(EndTxnRequest request, short version, long? freshId, Reply<EndTxnResponse?> reply)
    {
        var clientVersion = version >= EndRules.FirstVersionOfBumps ? Transaction.EpochBumpVersion : (short)0;
        var producer = shard.Find(request.TransactionalId);
        var verdict = producer is null ? EndVerdict.Refused(ErrorCode.InvalidProducerIdMapping) : EndRules.Judge(producer.Logged, request, clientVersion);
        if (!verdict.Proceeds || producer is null)
        {
            Answer(verdict, producer?.Logged, reply);
            return CommandOutcome.Done;
        }

        var mustChangeId = clientVersion >= Transaction.EpochBumpVersion && producer.Logged.IsExhausted;
        if (mustChangeId && freshId is null)
        {
            reply.Complete(null);
            return CommandOutcome.Done;
        }

        var next = producer.Logged.Prepare(request.Committed, clientVersion, mustChangeId ? freshId!.Value : Transaction.NoProducerId, context.UtcNowMs);
        return CommandOutcome.Append([shard.Record(request.TransactionalId, next)], () =>
        {
            producer.LastEpoch = clientVersion >= Transaction.EpochBumpVersion ? (short)(next.ProducerEpoch - 1) : producer.LastEpoch;
            producer.EndReply = reply;
            context.Schedule(TimerFor(producer), options.EndPatience, () => Expire(producer), CommandAccess.Immediate);
            shard.Outbox.Send(MarkerJob.Of(producer.TransactionalId, next, context.Epoch));
        });
    }

    /// <summary>Takes a transaction that is under way from its producer, and aborts it.</summary>
    public CommandOutcome Fence(TransactionalProducer producer, string reason, Action whenCommitted)
    {
        var next = producer.Logged.Fence(context.UtcNowMs);
        return CommandOutcome.Append([shard.Record(producer.TransactionalId, next)], () =>
        {
            shard.Fenced(producer, reason);
            producer.LastEpoch = Transaction.NoEpoch;
            shard.Outbox.Send(MarkerJob.Of(producer.TransactionalId, next, context.Epoch));
            whenCommitted();
        });
    }

    /// <summary>All markers of a job are written.</summary>
    public CommandOutcome Complete(MarkerJob job, Reply<ErrorCode> reply)
    {
        if (!shard.Outbox.IsCurrent(job))
        {
            reply.Complete(ErrorCode.None);
            return CommandOutcome.Done;
        }

        if (shard.Find(job.TransactionalId) is not { Logged.IsPrepared: true } producer)
        {
            shard.Outbox.Settled(job.TransactionalId);
            reply.Complete(ErrorCode.None);
            return CommandOutcome.Done;
        }

        var next = producer.Logged.Complete(context.UtcNowMs);
        return CommandOutcome.Append([shard.Record(producer.TransactionalId, next)], () =>
        {
            shard.Outbox.Settled(producer.TransactionalId);
            AnswerEnd(producer, next);
            reply.Complete(ErrorCode.None);
        });
    }

    private static TimerKey TimerFor(TransactionalProducer producer) => new(ReplyPurpose, producer.TransactionalId);

    private static void Answer(EndVerdict verdict, Transaction? logged, Reply<EndTxnResponse?> reply)
    {
        if (verdict.Error != ErrorCode.None || logged is null)
        {
            reply.Refuse(verdict.Error);
        }
        else
        {
            reply.Complete(new EndTxnResponse { ProducerId = logged.ProducerId, ProducerEpoch = logged.ProducerEpoch });
        }
    }

    /// <summary>The markers take their time; that the transaction ends as was asked is certain anyhow.</summary>
    private CommandOutcome Expire(TransactionalProducer producer)
    {
        var logged = producer.Logged;
        AnswerEnd(producer, logged.IsPrepared ? logged.Complete(logged.LastUpdateMs) : logged);
        return CommandOutcome.Done;
    }

    private void AnswerEnd(TransactionalProducer producer, Transaction ended)
    {
        context.Cancel(TimerFor(producer));
        producer.EndReply?.Complete(new EndTxnResponse { ProducerId = ended.ProducerId, ProducerEpoch = ended.ProducerEpoch });
        producer.EndReply = null;
    }
}
