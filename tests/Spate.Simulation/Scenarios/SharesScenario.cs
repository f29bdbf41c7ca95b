using Spate.Simulation.Shares;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Scenarios;

/// <summary>
/// A share group from end to end: members that come and go, take records and say what became of them; topics that grow and go; leaders of data that move; and the keepers of what
/// became of records.
/// </summary>
internal sealed class SharesScenario(World world) : IScenario
{
    private const string Group = "sharing";
    private readonly SharedTopics _topics = new(world, Group);
    private readonly List<ShareMember> _members = [];
    private ShareGroupCheck? _check;

    public void Begin()
    {
        _check = new ShareGroupCheck(world, Group, _members, new KeptStates(world));
        world.Watch.Add(_check);
        _topics.Mend();
        for (var number = 0; number < 5; number++)
        {
            _members.Add(new ShareMember(world, Group, $"s{number}", _topics));
        }

        _members.ForEach(static member => member.Start());
        world.EverySoOften(TimeSpan.FromSeconds(40), _topics.Change);
    }

    public void Calm()
    {
        _topics.Mend();
        _members.ForEach(static member => member.Obey());
    }

    public void Finish()
    {
    }

    public void Close()
    {
        _check!.Close();
        foreach (var partition in _topics.Partitions.Where(partition => _members.Exists(member => member.Assigned.Contains(partition.Key.TopicId, partition.Key.Partition))))
        {
            partition.Close();
        }
    }
}
