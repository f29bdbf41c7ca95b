using Spate.Simulation.Shares;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Scenarios;

/// <summary>Share groups: members that take records and say what became of them, leaders of data that move, and the keeper of what became of them.</summary>
internal sealed class SharesScenario(World world) : IScenario
{
    private readonly List<SharedPartition> _partitions = [];

    public void Begin()
    {
        _partitions.AddRange(Enumerable.Range(0, 3).Select(index => new SharedPartition(world, "sharing", index)));
        _partitions.ForEach(static partition => partition.Live());
        for (var number = 0; number < 4; number++)
        {
            new ShareMember(world, $"s{number}", _partitions).Start();
        }
    }

    public void Calm()
    {
    }

    public void Finish()
    {
    }

    public void Close() => _partitions.ForEach(static partition => partition.Close());
}
