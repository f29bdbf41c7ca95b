using System.Runtime.InteropServices;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Transactions;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// Produce 0 to 13: appends a batch to each partition named. With acks=0 nothing is answered, and an error closes the connection, which is
/// the only way left to tell. A partition's error does not touch the others. Versions 0 to 2 bring the message formats of their time, which
/// are converted. A partition whose records are not on the disk when <c>timeout_ms</c> is up is answered with REQUEST_TIMED_OUT; they may get
/// there yet. Version 7 allows zstd (KIP-110), 8 tells which records were refused (KIP-467), 12 leaves it to the broker to make partitions part
/// of a transaction (KIP-890), 13 names topics by id (KIP-516). Before the first record of a transaction its coordinator is asked, and what the
/// producer has sent behind it waits.
/// </summary>
internal sealed class ProduceHandler(PartitionTable partitions, ProduceAdmission admission, TimeProvider clock) : RequestHandler<ProduceRequest, ProduceResponse>
{
    private const short NoAcks = 0;
    private const short LeaderAck = 1;
    private const short AllAcks = -1;
    private const short FirstVersionOfBatches = 3;
    private const short FirstVersionOfTopicIds = 13;

    private readonly ProducerTurns _turns = new();

    protected override ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context, CancellationToken cancellation) =>
        request.TransactionalId is { } transactionalId
            ? HandleInTurnAsync(transactionalId, request, context)
            : AppendAll(request, context, permits: null);

    private async ValueTask<ProduceResponse?> HandleInTurnAsync(string transactionalId, ProduceRequest request, RequestContext context)
    {
        ValueTask<ProduceResponse?> reply = default;
        await _turns.RunAsync(transactionalId, async () =>
        {
            var permits = await admission.AskAsync(request, context.ApiVersion);
            reply = AppendAll(request, context, permits);
        });

        // Whoever comes next need not wait for the disk.
        return await reply;
    }

    private ValueTask<ProduceResponse?> AppendAll(
        ProduceRequest request, RequestContext context, IReadOnlyDictionary<TopicPartition, AppendPermit>? permits)
    {
        var response = new ProduceResponse();
        List<PendingFlush>? flushes = null;
        foreach (var topic in request.TopicData)
        {
            var answers = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId };
            response.Responses.Add(answers);
            foreach (var data in topic.PartitionData)
            {
                var answer = new ProduceResponse.PartitionProduceResponse { Index = data.Index, BaseOffset = -1 };
                answers.PartitionResponses.Add(answer);
                if (Append(request, topic, data, context, permits, answer) is { } flush)
                {
                    (flushes ??= []).Add(flush);
                }
            }
        }

        return flushes is null
            ? new ValueTask<ProduceResponse?>(Answer(request, response))
            : FlushAsync(flushes, request, response);
    }

    /// <summary>Every append has been made; the reply waits until those that must outlive the machine are on the disk.</summary>
    private async ValueTask<ProduceResponse?> FlushAsync(List<PendingFlush> flushes, ProduceRequest request, ProduceResponse response)
    {
        var began = clock.GetTimestamp();
        foreach (var flush in flushes)
        {
            var durable = flush.Partition.WaitUntilDurableAsync(flush.LastOffset);
            var error = durable.IsCompleted ? await durable : await WithinAsync(durable.AsTask(), request.TimeoutMs, began);
            if (error != ErrorCode.None)
            {
                flush.Answer.ErrorCode = error;
                flush.Answer.BaseOffset = -1;
            }
        }

        return Answer(request, response);
    }

    /// <summary>Kafka flushes before it looks at the time, so a request without one waits for the disk as long as that takes.</summary>
    private async ValueTask<ErrorCode> WithinAsync(Task<ErrorCode> durable, int timeoutMs, long began)
    {
        if (timeoutMs <= 0)
        {
            return await durable;
        }

        var left = TimeSpan.FromMilliseconds(timeoutMs) - clock.GetElapsedTime(began);
        try
        {
            return await durable.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        }
        catch (TimeoutException) when (!durable.IsCompleted)
        {
            // What fails later marks the log, and that is told to the operator.
            return ErrorCode.RequestTimedOut;
        }
    }

    private static ProduceResponse? Answer(ProduceRequest request, ProduceResponse response)
    {
        if (request.Acks != NoAcks)
        {
            return response;
        }

        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.PartitionResponses)
            {
                if (partition.ErrorCode != ErrorCode.None)
                {
                    throw new Network.ConnectionProtocolException(
                        $"it produced with acks=0 to {topic.Name}-{partition.Index} and failed with {partition.ErrorCode}, which it can be told in no other way");
                }
            }
        }

        return null;
    }

    private PendingFlush? Append(
        ProduceRequest request,
        ProduceRequest.TopicProduceData topic,
        ProduceRequest.PartitionProduceData data,
        RequestContext context,
        IReadOnlyDictionary<TopicPartition, AppendPermit>? permits,
        ProduceResponse.PartitionProduceResponse answer)
    {
        answer.ErrorCode = context.ApiVersion >= FirstVersionOfTopicIds
            ? partitions.Find(topic.TopicId, data.Index, out var partition)
            : partitions.Find(topic.Name, data.Index, out partition);
        if (partition is null)
        {
            return null;
        }

        if (request.Acks is not (NoAcks or LeaderAck or AllAcks))
        {
            answer.ErrorCode = ErrorCode.InvalidRequiredAcks;
            return null;
        }

        if (TopicName.IsInternal(partition.Name.Topic))
        {
            answer.ErrorCode = ErrorCode.InvalidTopic;
            answer.ErrorMessage = $"Only the broker writes to {partition.Name.Topic}.";
            return null;
        }

        if (request.TransactionalId is null && TransactionalBatch.IsOne(data.Records.Bytes.Span))
        {
            answer.ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed;
            answer.ErrorMessage = "Records of a transaction come with the transactional id that they belong to.";
            return null;
        }

        AppendPermit permit = default;
        if (permits is not null && permits.TryGetValue(partition.Name, out permit) && permit.Error != ErrorCode.None)
        {
            answer.ErrorCode = permit.Error;
            answer.ErrorMessage = AnswerText.Fit(
                $"The coordinator of the transactional id '{request.TransactionalId}' does not let the producer write to {partition.Name} in a transaction now.");
            return null;
        }

        // The bytes lie in the frame, which is this request's alone: offsets are patched where they are.
        var records = MemoryMarshal.AsMemory(data.Records.Bytes);
        var outcome = partition.Append(records, new ProduceTerms
        {
            RequiresInSyncReplicas = request.Acks == AllAcks,
            AcceptsLegacyMagic = context.ApiVersion < FirstVersionOfBatches,
            AcceptsZstd = context.ApiVersion >= 7,
            TrustsTransactions = !admission.Verifies && !ProduceAdmission.Enrols(context.ApiVersion),
            Guard = permit.Guard,
        });
        answer.ErrorCode = outcome.Error;
        answer.ErrorMessage = outcome.Message;
        answer.LogStartOffset = outcome.LogStartOffset;
        if (outcome.Error != ErrorCode.None)
        {
            foreach (var refused in outcome.RefusedRecords ?? [])
            {
                answer.RecordErrors.Add(new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = refused.BatchIndex, BatchIndexErrorMessage = refused.Message });
            }

            return null;
        }

        answer.BaseOffset = outcome.BaseOffset;
        answer.LogAppendTimeMs = outcome.LogAppendTimeMs;
        return outcome.MustFlush && request.Acks != NoAcks ? new PendingFlush(partition, outcome.LastOffset, answer) : null;
    }

    private readonly record struct PendingFlush(Partition Partition, long LastOffset, ProduceResponse.PartitionProduceResponse Answer);
}
