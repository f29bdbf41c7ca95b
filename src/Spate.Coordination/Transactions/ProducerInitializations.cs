using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>
/// InitProducerId with a transactional id (KIP-98, KIP-360): gives the id to whoever asks, in an epoch that fences whoever had it. A transaction
/// that is under way is aborted first, and the caller told to come again. A producer that names what it has goes on after an error of its
/// own, unless another one has taken the id meanwhile.
/// </summary>
internal sealed class ProducerInitializations(
    TransactionShard shard, IShardContext context, TransactionEndings endings, TransactionCoordinatorOptions options)
{
    /// <param name="request">The request; its transactional id is not empty.</param>
    /// <param name="freshId">A producer id that nobody has had, when one was asked for.</param>
    /// <param name="reply">Null asks for a fresh producer id: the command is to be run again with one.</param>
    public CommandOutcome Handle(InitProducerIdRequest request, long? freshId, Reply<InitProducerIdResponse?> reply)
    {
        if (request.TransactionTimeoutMs <= 0 || request.TransactionTimeoutMs > options.MaxTimeoutMs)
        {
            reply.Refuse(ErrorCode.InvalidTransactionTimeout);
            return CommandOutcome.Done;
        }

        var id = request.TransactionalId!;
        if (shard.Find(id) is not { } producer)
        {
            return freshId is { } first
                ? Give(id, Transaction.First(first, request.TransactionTimeoutMs, context.UtcNowMs), Transaction.NoEpoch, reply)
                : AskForId(reply);
        }

        var error = Check(request, producer);
        if (error != ErrorCode.None)
        {
            reply.Refuse(error);
            return CommandOutcome.Done;
        }

        return producer.Logged.State == TransactionState.Ongoing
            ? endings.Fence(producer, "its producer begins anew", () => reply.Refuse(ErrorCode.ConcurrentTransactions))
            : Advance(request, producer, freshId, reply);
    }

    private static ErrorCode Check(InitProducerIdRequest request, TransactionalProducer producer)
    {
        var logged = producer.Logged;
        if (Names(request) && !IsOwn(request, producer))
        {
            return ErrorCode.ProducerFenced;
        }

        return logged.IsPrepared ? ErrorCode.ConcurrentTransactions : ErrorCode.None;
    }

    private static bool Names(InitProducerIdRequest request) => request.ProducerId >= 0;

    /// <summary>Whether the producer that asks is the one that has the id, or had it until a request of its own whose answer it may not have seen.</summary>
    private static bool IsOwn(InitProducerIdRequest request, TransactionalProducer producer)
    {
        var logged = producer.Logged;
        if (request.ProducerId != logged.ProducerId)
        {
            return request.ProducerId == logged.PreviousProducerId && request.ProducerEpoch >= Transaction.LastGivenEpoch && !logged.IsPrepared
                && logged.State != TransactionState.Ongoing;
        }

        // In a transaction of version 2 that is being ended, the epoch has moved on before its producer has heard of it.
        return request.ProducerEpoch == logged.ProducerEpoch || (producer.LastEpoch >= 0 && request.ProducerEpoch == producer.LastEpoch);
    }

    private static CommandOutcome AskForId(Reply<InitProducerIdResponse?> reply)
    {
        reply.Complete(null);
        return CommandOutcome.Done;
    }

    private CommandOutcome Advance(InitProducerIdRequest request, TransactionalProducer producer, long? freshId, Reply<InitProducerIdResponse?> reply)
    {
        var (logged, nowMs, timeoutMs) = (producer.Logged, context.UtcNowMs, request.TransactionTimeoutMs);
        var isRepetition = Names(request) && (request.ProducerId != logged.ProducerId || request.ProducerEpoch != logged.ProducerEpoch);
        if (isRepetition)
        {
            return Give(producer.TransactionalId, logged.GiveTo(logged.ProducerId, logged.ProducerEpoch, timeoutMs, nowMs), producer.LastEpoch, reply);
        }

        var last = Names(request) ? logged.ProducerEpoch : Transaction.NoEpoch;
        if (!logged.IsExhausted)
        {
            return Give(producer.TransactionalId, logged.GiveTo(logged.ProducerId, (short)(logged.ProducerEpoch + 1), timeoutMs, nowMs), last, reply);
        }

        return freshId is { } fresh
            ? Give(producer.TransactionalId, logged.GiveTo(fresh, 0, timeoutMs, nowMs), last, reply)
            : AskForId(reply);
    }

    private CommandOutcome Give(string transactionalId, Transaction next, short lastEpoch, Reply<InitProducerIdResponse?> reply) =>
        CommandOutcome.Append([shard.Record(transactionalId, next)], () =>
        {
            shard.Find(transactionalId)!.LastEpoch = lastEpoch;
            reply.Complete(new InitProducerIdResponse { ProducerId = next.ProducerId, ProducerEpoch = next.ProducerEpoch });
        });
}
