using System.Runtime.InteropServices;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Metadata;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// Produce 0 to 13: appends a batch to each partition named. With acks=0 nothing is answered, and an error closes the connection, which is
/// the only way left to tell. A partition's error does not touch the others. Versions 0 to 2 bring the message formats of their time, which
/// are converted; version 7 allows zstd (KIP-110), 8 tells which records were refused (KIP-467), 13 names topics by id (KIP-516).
/// </summary>
public sealed class ProduceHandler(PartitionTable partitions) : RequestHandler<ProduceRequest, ProduceResponse>
{
    private const short NoAcks = 0;
    private const short LeaderAck = 1;
    private const short AllAcks = -1;
    private const short FirstVersionOfBatches = 3;
    private const short FirstVersionOfTopicIds = 13;

    protected override ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context, CancellationToken cancellation)
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
                if (Append(request, topic, data, context, answer) is { } flush)
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
    private static async ValueTask<ProduceResponse?> FlushAsync(List<PendingFlush> flushes, ProduceRequest request, ProduceResponse response)
    {
        foreach (var flush in flushes)
        {
            var error = await flush.Partition.WaitUntilDurableAsync(flush.LastOffset);
            if (error != ErrorCode.None)
            {
                flush.Answer.ErrorCode = error;
                flush.Answer.BaseOffset = -1;
            }
        }

        return Answer(request, response);
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
        ProduceResponse.PartitionProduceResponse answer)
    {
        if (request.Acks is not (NoAcks or LeaderAck or AllAcks))
        {
            answer.ErrorCode = ErrorCode.InvalidRequiredAcks;
            return null;
        }

        var byId = context.ApiVersion >= FirstVersionOfTopicIds;
        var partition = byId ? partitions.Find(topic.TopicId, data.Index) : partitions.Find(topic.Name, data.Index);
        if (partition is null)
        {
            answer.ErrorCode = byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            return null;
        }

        if (TopicName.IsInternal(partition.Name.Topic))
        {
            answer.ErrorCode = ErrorCode.InvalidTopic;
            answer.ErrorMessage = $"Only the broker writes to {partition.Name.Topic}.";
            return null;
        }

        // The bytes lie in the frame, which is this request's alone: offsets are patched where they are.
        var records = MemoryMarshal.AsMemory(data.Records.Bytes);
        var outcome = partition.Append(records, new ProduceTerms
        {
            RequiresInSyncReplicas = request.Acks == AllAcks,
            AcceptsLegacyMagic = context.ApiVersion < FirstVersionOfBatches,
            AcceptsZstd = context.ApiVersion >= 7,
        });
        answer.ErrorCode = outcome.Error;
        answer.ErrorMessage = outcome.Message;
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
        answer.LogStartOffset = outcome.LogStartOffset;
        return outcome.MustFlush && request.Acks != NoAcks ? new PendingFlush(partition, outcome.LastOffset, answer) : null;
    }

    private readonly record struct PendingFlush(Partition Partition, long LastOffset, ProduceResponse.PartitionProduceResponse Answer);
}
