using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>Of which share partitions anything is kept at all, read in the logs of the keepers: what nobody can be mistaken about.</summary>
internal sealed class KeptStates
{
    private readonly HashSet<SharePartitionKey> _kept = [];

    public KeptStates(World world)
    {
        foreach (var partition in world.Cluster.Partitions.Where(static partition => partition.Topic == InternalTopic.ShareStates))
        {
            partition.Log.Written += entries =>
            {
                foreach (var record in entries.Select(static entry => entry.Record).Where(static record => RecordFormat.TypeOf(record) == ShareStateRecords.SnapshotType))
                {
                    var key = ShareStateRecords.ReadSnapshotKey(record);
                    if (record.Value is null ? _kept.Remove(key) : _kept.Add(key))
                    {
                        world.Watch.Touch(key.GroupId);
                    }
                }
            };
        }
    }

    public PartitionSet Of(string groupId) => PartitionSet.Of(_kept.Where(key => key.GroupId == groupId)
        .GroupBy(static key => key.TopicId, static (topic, keys) => (topic, keys.Select(static key => key.Partition))));
}
