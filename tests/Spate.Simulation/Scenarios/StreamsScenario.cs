using Spate.Simulation.Streams;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Scenarios;

/// <summary>A streams application whose instances come and go, over topics that are not always as it needs them.</summary>
internal sealed class StreamsScenario(World world) : IScenario
{
    private const string Group = "streaming";
    private readonly StreamsApplication _application = new(world);
    private readonly List<StreamsMember> _members = [];
    private StreamsGroupCheck? _check;

    public void Begin()
    {
        _application.Mend();
        // In some worlds nobody tells how far it is; in the others most do.
        var isTold = world.Random.Next(4) > 0;
        for (var number = 0; number < 6; number++)
        {
            _members.Add(new StreamsMember(world, Group, $"{Group}{number}", _application, isTold && world.Random.Next(5) > 0));
        }

        _check = new StreamsGroupCheck(world, Group, _members, _application.Disks);
        world.Watch.Add(_check);
        _members.ForEach(static member => member.Start());
        world.EverySoOften(TimeSpan.FromSeconds(20), _application.Change);
    }

    public void Calm()
    {
        _application.Mend();
        _members.ForEach(static member => member.Obey());
    }

    public void Finish()
    {
    }

    public void Close() => _check!.Close();
}
