using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// ListOffsets 1 to 11: the offset that belongs to a time, or to one of the marks that stand in for a time: -1 the end, -2 the start, -3 the
/// greatest timestamp (KIP-734), -4 the start on this disk (KIP-405). -5 and -6 ask for what lies in remote storage, of which there is none.
/// With read_committed the end is the last stable offset.
/// </summary>
public sealed class ListOffsetsHandler(PartitionTable partitions) : RequestHandler<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long GreatestTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;
    private const sbyte ReadCommitted = 1;
    private const short FirstVersionOfLeaderEpochs = 4;

    // Version 0 answers with the first offsets of segments, which is another question.
    public override short LowestVersion => 1;

    protected override ValueTask<ListOffsetsResponse?> HandleAsync(ListOffsetsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var reply = new ListOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            reply.Topics.Add(answers);
            var repeated = topic.Partitions.CountBy(asked => asked.PartitionIndex).Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet();
            foreach (var asked in topic.Partitions)
            {
                var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = asked.PartitionIndex };
                answers.Partitions.Add(answer);
                answer.ErrorCode = repeated.Contains(asked.PartitionIndex)
                    ? ErrorCode.InvalidRequest
                    : Find(topic.Name, asked, request.IsolationLevel == ReadCommitted, context.ApiVersion, answer);
            }
        }

        return new ValueTask<ListOffsetsResponse?>(reply);
    }

    private ErrorCode Find(
        string topic,
        ListOffsetsRequest.ListOffsetsPartition asked,
        bool readCommitted,
        short version,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer)
    {
        if (partitions.Find(topic, asked.PartitionIndex) is not { } partition)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        var error = partition.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        var log = partition.Log;
        if (asked.Timestamp < FirstMark(version))
        {
            return ErrorCode.UnsupportedVersion;
        }

        switch (asked.Timestamp)
        {
            case Latest:
                Answer(answer, readCommitted ? log.LastStableOffset : log.HighWatermark, partition.LeaderEpoch, version);
                break;
            case Earliest or EarliestLocal:
                Answer(answer, log.LogStartOffset, partition.EpochOf(log.LogStartOffset), version);
                break;
            case LatestTiered or EarliestPendingUpload:
                break;
            default:
                var found = asked.Timestamp == GreatestTimestamp ? log.FindNewest() : log.FindByTimestamp(asked.Timestamp);
                if (found is { } record && record.Offset < (readCommitted ? log.LastStableOffset : log.HighWatermark))
                {
                    Answer(answer, record.Offset, record.LeaderEpoch, version);
                    answer.Timestamp = record.Timestamp;
                }

                break;
        }

        return ErrorCode.None;
    }

    private static void Answer(ListOffsetsResponse.ListOffsetsPartitionResponse answer, long offset, int? leaderEpoch, short version)
    {
        answer.Offset = offset;
        answer.LeaderEpoch = version >= FirstVersionOfLeaderEpochs ? leaderEpoch ?? -1 : -1;
    }

    /// <summary>The lowest mark that a version knows.</summary>
    private static long FirstMark(short version) => version switch
    {
        >= 11 => EarliestPendingUpload,
        >= 9 => LatestTiered,
        8 => EarliestLocal,
        7 => GreatestTimestamp,
        _ => Earliest,
    };
}
