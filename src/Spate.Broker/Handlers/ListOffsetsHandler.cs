using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage;

namespace Spate.Broker.Handlers;

/// <summary>
/// ListOffsets 0 to 11: the offset that belongs to a time, or to one of the marks that stand in for a time: -1 the end, -2 the start, -3 the
/// greatest timestamp (KIP-734), -4 the start on this disk (KIP-405). -5 and -6 ask for what lies in remote storage, of which there is none.
/// With read_committed the end is the last stable offset; who asks as a replica, or to debug, sees the log's own end. Version 0 asks another
/// question: at which offsets segments began that are as old as a time.
/// </summary>
public sealed class ListOffsetsHandler(PartitionTable partitions) : RequestHandler<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long GreatestTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;
    private const int Consumer = -1;
    private const sbyte ReadCommitted = 1;
    private const short FirstVersionOfLeaderEpochs = 4;
    private const short VersionOfSegments = 0;

    protected override ValueTask<ListOffsetsResponse?> HandleAsync(ListOffsetsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var reply = new ListOffsetsResponse();
        var repeated = request.Topics
            .SelectMany(topic => topic.Partitions, static (topic, asked) => new TopicPartition(topic.Name, asked.PartitionIndex))
            .CountBy(static name => name).Where(static pair => pair.Value > 1).Select(static pair => pair.Key).ToHashSet();
        foreach (var topic in request.Topics)
        {
            var answers = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            reply.Topics.Add(answers);
            foreach (var asked in topic.Partitions)
            {
                var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = asked.PartitionIndex };
                answers.Partitions.Add(answer);
                answer.ErrorCode = repeated.Contains(new TopicPartition(topic.Name, asked.PartitionIndex))
                    ? ErrorCode.InvalidRequest
                    : Find(topic.Name, asked, BoundOf(request), context.ApiVersion, answer);
            }
        }

        return new ValueTask<ListOffsetsResponse?>(reply);
    }

    private ErrorCode Find(
        string topic,
        ListOffsetsRequest.ListOffsetsPartition asked,
        FetchBound bound,
        short version,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer)
    {
        var error = partitions.Find(topic, asked.PartitionIndex, out var partition);
        if (partition is null)
        {
            return error;
        }

        error = partition.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        var log = partition.Log;
        if (version == VersionOfSegments)
        {
            return FindSegments(partition, asked, bound, answer);
        }

        if (asked.Timestamp < FirstMark(version))
        {
            return ErrorCode.UnsupportedVersion;
        }

        switch (asked.Timestamp)
        {
            case Latest:
                Answer(answer, EndOf(log, bound), partition.LeaderEpoch, version);
                break;
            case Earliest or EarliestLocal:
                Answer(answer, log.LogStartOffset, partition.EpochOf(log.LogStartOffset), version);
                break;
            case LatestTiered or EarliestPendingUpload:
                break;
            default:
                error = asked.Timestamp == GreatestTimestamp
                    ? partition.FindNewest(out var found)
                    : partition.FindByTimestamp(asked.Timestamp, out found);
                if (found is { } record && record.Offset < EndOf(log, bound))
                {
                    Answer(answer, record.Offset, record.LeaderEpoch, version);
                    answer.Timestamp = record.Timestamp;
                }

                break;
        }

        return error;
    }

    /// <summary>Offsets of segments, none behind what the asker may read.</summary>
    private static ErrorCode FindSegments(
        Partition partition,
        ListOffsetsRequest.ListOffsetsPartition asked,
        FetchBound bound,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer)
    {
        if (asked.MaxNumOffsets < 0)
        {
            return ErrorCode.InvalidRequest;
        }

        if (asked.Timestamp == Earliest)
        {
            answer.OldStyleOffsets = asked.MaxNumOffsets == 0 ? [] : [partition.Log.LogStartOffset];
            return ErrorCode.None;
        }

        var error = partition.FindOffsetsBefore(asked.Timestamp == Latest ? long.MaxValue : asked.Timestamp, asked.MaxNumOffsets, out var offsets);
        if (error == ErrorCode.None)
        {
            var end = EndOf(partition.Log, bound);
            answer.OldStyleOffsets = [.. offsets!.Select(offset => Math.Min(offset, end)).Distinct()];
        }

        return error;
    }

    private static FetchBound BoundOf(ListOffsetsRequest request) =>
        request.ReplicaId != Consumer ? FetchBound.LogEnd
        : request.IsolationLevel == ReadCommitted ? FetchBound.LastStable
        : FetchBound.HighWatermark;

    private static long EndOf(PartitionLog log, FetchBound bound) => bound switch
    {
        FetchBound.LogEnd => log.LogEndOffset,
        FetchBound.HighWatermark => log.HighWatermark,
        _ => log.LastStableOffset,
    };

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
