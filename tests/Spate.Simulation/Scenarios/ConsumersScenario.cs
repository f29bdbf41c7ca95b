using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Scenarios;

/// <summary>Groups of both protocols, one of them of both at once, over topics that come, grow and go.</summary>
internal sealed class ConsumersScenario(World world) : IScenario
{
    private readonly List<GroupCheck> _groups = [];
    private readonly List<GroupMember> _members = [];

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
        world.EverySoOften(TimeSpan.FromSeconds(15), ChangeTopics);
    }

    public void Calm()
    {
        foreach (var member in _members)
        {
            member.Obey();
        }
    }

    public void Finish()
    {
    }

    public void Close()
    {
        foreach (var group in _groups)
        {
            group.Close();
        }
    }

    private void Add(string groupId, Func<World, string, string, GroupMember> make, int count)
    {
        var members = Enumerable.Range(0, count).Select(number => make(world, groupId, $"{groupId}{number}")).ToList();
        var check = new ConsumerGroupCheck(world, groupId, members);
        world.Watch.Add(check);
        _groups.Add(check);
        _members.AddRange(members);
        members.ForEach(static member => member.Start());
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
