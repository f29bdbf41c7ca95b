using Spate.Coordination.Groups;
using Spate.Protocol;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>What a group has committed never goes back.</summary>
internal sealed class OffsetCheck(World world)
{
    private readonly Dictionary<TopicPartition, long> _offsets = [];

    public void BeginAnew() => _offsets.Clear();

    public void Look(Group group)
    {
        foreach (var (topic, partitions) in group.Offsets.Topics)
        {
            foreach (var (partition, offset) in partitions)
            {
                var key = new TopicPartition(topic, partition);
                if (_offsets.TryGetValue(key, out var before) && offset.Offset < before)
                {
                    world.Fault(Checks.Offsets, $"{group.Id} had committed {before} of {key}, and has {offset.Offset}");
                }

                _offsets[key] = offset.Offset;
            }
        }
    }
}
