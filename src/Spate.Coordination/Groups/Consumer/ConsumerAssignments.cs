using System.Buffers.Binary;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Assignments in the words of classic consumers, which name topics and not their ids.</summary>
internal static class ConsumerAssignments
{
    /// <summary>Reads an assignment; false when the bytes are none. No bytes are no partitions. Topics that are gone are left out.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, ITopicView topics, out PartitionSet assigned, out bool hasUserData)
    {
        assigned = PartitionSet.Empty;
        hasUserData = false;
        if (bytes.IsEmpty)
        {
            return true;
        }

        try
        {
            var reader = new MessageReader(bytes);
            var version = reader.ReadInt16();
            if (version < ConsumerProtocolAssignment.LowestVersion)
            {
                return false;
            }

            var message = new ConsumerProtocolAssignment();
            message.Read(ref reader, Math.Min(version, ConsumerProtocolAssignment.HighestVersion));
            assigned = ToSet(message.AssignedPartitions.Select(topic => (topic.Topic, (IEnumerable<int>)topic.Partitions)), topics);
            hasUserData = message.UserData is { IsEmpty: false };
            return true;
        }
        catch (MalformedMessageException)
        {
            // Clients may put there what they like; it is theirs to understand.
            return false;
        }
    }

    /// <summary>The partitions of topics by name, of those topics that are there.</summary>
    public static PartitionSet ToSet(IEnumerable<(string Topic, IEnumerable<int> Partitions)> named, ITopicView topics) =>
        PartitionSet.Of(named.Where(each => topics.Find(each.Topic) is not null).Select(each => (topics.Find(each.Topic)!.Id, each.Partitions)));

    public static byte[] Write(PartitionSet assigned, ITopicView topics, short version)
    {
        var message = new ConsumerProtocolAssignment();
        foreach (var (topicId, partitions) in assigned.ToPairs())
        {
            if (topics.Find(topicId) is { } topic)
            {
                message.AssignedPartitions.Add(new ConsumerProtocolAssignment.TopicPartition { Topic = topic.Name, Partitions = [.. partitions] });
            }
        }

        return RecordFormat.Encode(message, version);
    }

    /// <summary>The version in which a member understands assignments: that in which it told its subscription.</summary>
    public static short VersionOf(ReadOnlyMemory<byte> subscription) => subscription.Length < sizeof(short)
        ? ConsumerProtocolAssignment.LowestVersion
        : Math.Clamp(BinaryPrimitives.ReadInt16BigEndian(subscription.Span), ConsumerProtocolAssignment.LowestVersion, ConsumerProtocolAssignment.HighestVersion);
}
