using Spate.Coordination.Topics;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>Where the state of an application can be asked for: the partitions that the members have who answer questions.</summary>
internal static class Endpoints
{
    public static List<StreamsGroupHeartbeatResponse.EndpointPartitions> Of(StreamsGroup group, CheckedTopology look) =>
    [
        .. group.Members.Where(member => member.Metadata.Endpoint is not null).OrderBy(member => member.Id, StringComparer.Ordinal)
            .Select(member => new StreamsGroupHeartbeatResponse.EndpointPartitions
            {
                UserEndpoint = new StreamsGroupHeartbeatResponse.Endpoint { Host = member.Metadata.Endpoint!.Host, Port = member.Metadata.Endpoint.Port },
                ActivePartitions = Partitions(member.Current.Assigned.Active, look),
                StandbyPartitions = Partitions(member.Current.Assigned.Standby, look),
            }),
    ];

    /// <summary>A task reads the partition of its number of each topic that has so many.</summary>
    private static List<StreamsGroupHeartbeatResponse.TopicPartitions> Partitions(TaskSet tasks, CheckedTopology look)
    {
        var partitions = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal);
        foreach (var (subtopologyId, numbers) in tasks.ToPairs())
        {
            if (look.Topology.Subtopologies.FirstOrDefault(each => each.Id == subtopologyId) is not { } subtopology)
            {
                continue;
            }

            foreach (var topic in subtopology.InputTopics.Select(look.Topics.Find).OfType<TopicDescription>())
            {
                if (!partitions.TryGetValue(topic.Name, out var known))
                {
                    known = [];
                    partitions.Add(topic.Name, known);
                }

                known.UnionWith(numbers.Where(number => number < topic.PartitionCount));
            }
        }

        return [.. partitions.Select(pair => new StreamsGroupHeartbeatResponse.TopicPartitions { Topic = pair.Key, Partitions = [.. pair.Value] })];
    }
}
