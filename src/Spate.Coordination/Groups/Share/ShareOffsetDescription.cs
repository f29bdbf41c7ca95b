using Spate.Coordination.Shares.State;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// DescribeShareGroupOffsets, versions 0 and 1: from where share groups read on, as the keeper of delivery state knows it, and how many records there are from there on
/// that are not finished. Safe for use by several threads at once.
/// </summary>
internal sealed class ShareOffsetDescription(GroupCoordinator groups, ITopicCatalog catalog, IShareStates states, IPartitionEnds? ends)
{
    private const long Unknown = -1;

    public async ValueTask<DescribeShareGroupOffsetsResponse.GroupOffsets> DescribeAsync(DescribeShareGroupOffsetsRequest.GroupOffsetsQuery query)
    {
        var (known, refusal) = await groups.ReadAsync<(PartitionSet? Known, Refusal? Refusal)>(
            query.GroupId,
            shard => (shard.Share.Offsets.Known(query.GroupId, out var refusal), refusal),
            error => (null, new Refusal(error, "The coordinator of the group cannot be asked.")));
        var answer = new DescribeShareGroupOffsetsResponse.GroupOffsets { GroupId = query.GroupId, ErrorCode = refusal?.Error ?? ErrorCode.None, ErrorMessage = refusal?.Message };
        if (known is null)
        {
            return answer;
        }

        var topics = catalog.Current;
        var asked = query.Topics is { } named
            ? PartitionSet.Of(named.Select(topic => (topics.Find(topic.TopicName)?.Id ?? Uuid.Zero, topic.Partitions.AsEnumerable())).Where(topic => !topic.Item1.IsZero))
            : known.Where((topic, _) => topics.Find(topic) is not null);
        var summary = await SummarizeAsync(query.GroupId, asked);
        foreach (var (topicId, partitions) in asked.ToPairs())
        {
            answer.Topics.Add(await DescribeAsync(topics.Find(topicId)!, partitions, summary));
        }

        answer.Topics.AddRange((query.Topics ?? []).Where(topic => topics.Find(topic.TopicName) is null).Select(Unhosted));
        return answer;
    }

    private static DescribeShareGroupOffsetsResponse.TopicOffsets Unhosted(DescribeShareGroupOffsetsRequest.TopicOffsetsQuery topic) => new()
    {
        TopicName = topic.TopicName,
        Partitions = topic.Partitions.ConvertAll(partition => Refused(partition, ErrorCode.UnknownTopicOrPartition)),
    };

    private static DescribeShareGroupOffsetsResponse.PartitionOffsets Refused(int partition, ErrorCode error) =>
        new() { PartitionIndex = partition, StartOffset = Unknown, Lag = Unknown, ErrorCode = error };

    private async ValueTask<Dictionary<(Uuid, int), ReadShareGroupStateSummaryResponse.PartitionResult>> SummarizeAsync(string groupId, PartitionSet asked)
    {
        var request = new ReadShareGroupStateSummaryRequest { GroupId = groupId };
        request.Topics.AddRange(asked.ToPairs().Select(pair => new ReadShareGroupStateSummaryRequest.ReadStateSummaryData
        {
            TopicId = pair.Topic,
            Partitions = [.. pair.Partitions.Select(partition => new ReadShareGroupStateSummaryRequest.PartitionData { Partition = partition, LeaderEpoch = -1 })],
        }));
        var response = await states.SummarizeAsync(request);
        return response.Results.SelectMany(topic => topic.Partitions.Select(one => (Key: (topic.TopicId, one.Partition), one))).ToDictionary(pair => pair.Key, pair => pair.one);
    }

    private async ValueTask<DescribeShareGroupOffsetsResponse.TopicOffsets> DescribeAsync(
        TopicDescription topic, IEnumerable<int> partitions, Dictionary<(Uuid, int), ReadShareGroupStateSummaryResponse.PartitionResult> summary)
    {
        var answer = new DescribeShareGroupOffsetsResponse.TopicOffsets { TopicName = topic.Name, TopicId = topic.Id };
        foreach (var partition in partitions)
        {
            answer.Partitions.Add(
                partition < 0 || partition >= topic.PartitionCount ? Refused(partition, ErrorCode.UnknownTopicOrPartition)
                : !summary.TryGetValue((topic.Id, partition), out var known) ? Refused(partition, ErrorCode.CoordinatorNotAvailable)
                : known.ErrorCode != ErrorCode.None ? Refused(partition, known.ErrorCode)
                : new DescribeShareGroupOffsetsResponse.PartitionOffsets
                {
                    PartitionIndex = partition,
                    StartOffset = known.StartOffset,
                    LeaderEpoch = known.LeaderEpoch,
                    Lag = await LagAsync(topic.Name, known),
                });
        }

        return answer;
    }

    /// <summary>Records from the start on that are not finished; -1 while nobody has said where the start is, or what is finished behind it.</summary>
    private async ValueTask<long> LagAsync(string topic, ReadShareGroupStateSummaryResponse.PartitionResult known) =>
        known is { StartOffset: >= 0, DeliveryCompleteCount: >= 0 } && ends is not null && await ends.FindAsync(topic, known.Partition) is { } end
            ? Math.Max(0, end - known.StartOffset - known.DeliveryCompleteCount)
            : Unknown;
}
