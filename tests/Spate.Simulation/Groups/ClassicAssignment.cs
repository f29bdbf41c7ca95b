using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Simulation.Groups;

/// <summary>What classic consumers say to each other, and what the one that leads makes of it.</summary>
internal static class ClassicAssignment
{
    private const short Version = 2;

    public static string ProtocolOf(bool isCooperative) => isCooperative ? "cooperative-sticky" : "range";

    public static byte[] Subscription(IEnumerable<string> topics, PartitionSet owned, int generation, ITopicView view) => RecordFormat.Encode(
        new ConsumerProtocolSubscription
        {
            Topics = [.. topics],
            GenerationId = generation,
            OwnedPartitions = [.. owned.ToPairs().Where(pair => view.Find(pair.Topic) is not null).Select(pair => new ConsumerProtocolSubscription.TopicPartition
            {
                Topic = view.Find(pair.Topic)!.Name, Partitions = [.. pair.Partitions],
            })],
        },
        Version);

    /// <summary>Each partition in turn to those who read its topic; what another one says that it has is given to nobody yet.</summary>
    public static List<SyncGroupRequest.SyncGroupRequestAssignment> Assign(List<JoinGroupResponse.JoinGroupResponseMember> members, ITopicView view)
    {
        var said = members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(static member =>
            (member.MemberId, Subscription: ConsumerSubscription.TryRead(member.Metadata, out var subscription) ? subscription : new ConsumerProtocolSubscription())).ToList();
        var owners = said.SelectMany(static one => one.Subscription.OwnedPartitions.SelectMany(topic => topic.Partitions.Select(partition => (Owned: new TopicPartition(topic.Topic, partition), one.MemberId))))
            .ToLookup(static one => one.Owned, static one => one.MemberId);
        return said.ConvertAll(one => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = one.MemberId,
            Assignment = ConsumerAssignments.Write(PartitionSet.Of(one.Subscription.Topics.Select(view.Find).OfType<TopicDescription>().Select(topic => (topic.Id, Part(topic, one.MemberId)))), view, Version),
        });

        IEnumerable<int> Part(TopicDescription topic, string memberId)
        {
            var readers = said.Where(one => one.Subscription.Topics.Contains(topic.Name)).Select(static one => one.MemberId).ToList();
            return Enumerable.Range(0, topic.PartitionCount).Where(partition =>
                readers[partition % readers.Count] == memberId && owners[new TopicPartition(topic.Name, partition)].All(owner => owner == memberId));
        }
    }
}
