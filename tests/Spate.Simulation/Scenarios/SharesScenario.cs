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
    private ShareGroupCheck? _check;

    public void Begin()
    {
        var members = new List<ShareMember>();
        _check = new ShareGroupCheck(world, Group, members, new KeptStates(world));
        world.Watch.Add(_check);
        _topics.Mend();
        for (var number = 0; number < 5; number++)
        {
            members.Add(new ShareMember(world, Group, $"s{number}", _topics));
        }

        members.ForEach(static member => member.Start());
        world.EverySoOften(TimeSpan.FromSeconds(40), _topics.Change);
    }

    public void Calm() => _topics.Mend();

    public void Finish()
    {
    }

    public void Close()
    {
        _check!.Close();
        foreach (var partition in _topics.Partitions)
        {
            partition.Close();
        }
    }
}
