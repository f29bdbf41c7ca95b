using Spate.Protocol;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Which member has each partition, or has not yet said that it gave it up. A partition has one owner at a time.</summary>
internal sealed class PartitionOwners
{
    private readonly Dictionary<Uuid, Dictionary<int, string>> _topics = [];

    public string? Find(Uuid topic, int partition) => _topics.TryGetValue(topic, out var owners) ? owners.GetValueOrDefault(partition) : null;

    public void Take(string memberId, PartitionSet partitions)
    {
        for (var index = 0; index < partitions.Topics.Length; index++)
        {
            if (!_topics.TryGetValue(partitions.Topics[index], out var owners))
            {
                owners = [];
                _topics.Add(partitions.Topics[index], owners);
            }

            foreach (var partition in partitions.At(index))
            {
                owners[partition] = memberId;
            }
        }
    }

    /// <summary>Lets go of those that are still the member's.</summary>
    public void Release(string memberId, PartitionSet partitions)
    {
        for (var index = 0; index < partitions.Topics.Length; index++)
        {
            if (!_topics.TryGetValue(partitions.Topics[index], out var owners))
            {
                continue;
            }

            foreach (var partition in partitions.At(index))
            {
                if (owners.TryGetValue(partition, out var owner) && owner == memberId)
                {
                    owners.Remove(partition);
                }
            }

            if (owners.Count == 0)
            {
                _topics.Remove(partitions.Topics[index]);
            }
        }
    }
}
