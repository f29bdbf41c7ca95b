using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;
using ConsumerMember = Spate.Simulation.Groups.ConsumerMember;

namespace Spate.Simulation.Scenarios;

/// <summary>Groups of both protocols, one of them of both at once, over topics that come, grow and go.</summary>
internal sealed class ConsumersScenario(World world) : IScenario
{
    private readonly Dictionary<string, GroupCheck> _groups = new(StringComparer.Ordinal);

    public void Begin()
    {
        foreach (var topic in new[] { "a", "b", "c" })
        {
            world.Topics.Set(topic, world.Random.Next(1, 8));
        }

        Add("eager", static (world, group, name) => new ClassicMember(world, group, name, isCooperative: false), 4);
        Add("cooperative", static (world, group, name) => new ClassicMember(world, group, name, isCooperative: true), 4);
        Add("new", static (world, group, name) => new ConsumerMember(world, group, name), 5);
        var isCooperative = world.Random.Next(2) == 0;
        var members = 0;
        Add("mixed", (world, group, name) => members++ % 2 == 0 ? new ClassicMember(world, group, name, isCooperative) : new ConsumerMember(world, group, name), 5);
        foreach (var partition in world.Cluster.Partitions.Where(static partition => partition.Topic == InternalTopic.Offsets))
        {
            var touched = _groups.Keys.Where(group => world.Cluster.Find(InternalTopic.Offsets, group) == partition).ToList();
            partition.Log.Written += entries =>
            {
                world.Touched.UnionWith(touched);
                NoticeNewLives(entries);
            };
        }

        world.EverySoOften(TimeSpan.FromSeconds(15), ChangeTopics);
    }

    public void Look()
    {
        if (world.Touched.Count == 0)
        {
            return;
        }

        var touched = world.Touched.ToList();
        world.Touched.Clear();
        foreach (var group in touched)
        {
            _groups[group].Look();
        }
    }

    public void Calm()
    {
        foreach (var member in _groups.Values.SelectMany(static group => group.Members))
        {
            member.Obey();
        }
    }

    public void Finish()
    {
    }

    public void Close()
    {
        foreach (var group in _groups.Values)
        {
            group.Close();
        }
    }

    private void Add(string groupId, Func<World, string, string, GroupMember> make, int count)
    {
        var members = Enumerable.Range(0, count).Select(number => make(world, groupId, $"{groupId}{number}")).ToList();
        _groups.Add(groupId, new GroupCheck(world, groupId, members));
        members.ForEach(static member => member.Start());
    }

    /// <summary>
    /// A group without members is taken back as a whole: one of the consumer protocol, unless it becomes a classic one in the same breath, and a classic one of which the log
    /// has nobody. Any other change of protocol goes on with the epochs that there were.
    /// </summary>
    private void NoticeNewLives(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries.Where(static entry => entry.IsCommit is null))
        {
            switch (RecordFormat.TypeOf(entry.Record))
            {
                case ConsumerGroupRecords.GroupType when entry.Record.Value is null:
                    if (!entries.Any(static other => other.IsCommit is null && other.Record.Value is not null && RecordFormat.TypeOf(other.Record) == GroupRecords.GroupType)
                        && _groups.TryGetValue(RecordFormat.Decode<ConsumerGroupMetadataKey>(entry.Record.Key).GroupId, out var former))
                    {
                        former.BeginAnew();
                    }

                    break;
                case GroupRecords.GroupType:
                    if (_groups.TryGetValue(RecordFormat.Decode<GroupMetadataKey>(entry.Record.Key).Group, out var classic))
                    {
                        NoticeClassic(classic, entry.Record);
                    }

                    break;
            }
        }
    }

    private static void NoticeClassic(GroupCheck group, CoordinatorRecord record)
    {
        if (RecordFormat.DecodeValue<GroupMetadataValue>(record) is { } value)
        {
            group.ClassicMembers = value.Members.Count;
        }
        else if (group.ClassicMembers == 0)
        {
            group.BeginAnew();
        }
    }

    private string ChangeTopics()
    {
        if (world.Random.Next(3) == 0)
        {
            var gone = world.Pick(["b", "c", "d"]);
            world.Topics.Delete(gone);
            return $"topic {gone} goes";
        }

        var topic = world.Pick(["a", "b", "c", "d"]);
        var partitions = Math.Min(12, world.Random.Next(1, 4) + (world.Topics.Current.Find(topic)?.PartitionCount ?? 0));
        world.Topics.Set(topic, partitions);
        return $"topic {topic} has {partitions} partitions";
    }
}
