using Spate.Coordination.Groups;
using Spate.Simulation.Cluster;
using Spate.Simulation.Groups;
using Spate.Simulation.Transactions;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Scenarios;

/// <summary>Programs that read, write and commit in transactions, of both versions, and readers of what they commit.</summary>
internal sealed class TransactionsScenario(World world) : IScenario
{
    private readonly List<Processor> _processors = [];
    private readonly Dictionary<string, GroupCheck> _groups = new(StringComparer.Ordinal);

    /// <summary>How many inputs have come out.</summary>
    public int Outputs => _processors.Sum(static processor => processor.Outputs);

    public void Begin()
    {
        for (var number = 0; number < 3; number++)
        {
            var processor = new Processor(world, $"p{number}", bumpsEpoch: number > 0);
            processor.Live();
            _processors.Add(processor);
            var check = new ConsumerGroupCheck(world, processor.GroupId, []);
            world.Watch.Add(check);
            _groups.Add(processor.GroupId, check);
        }

        foreach (var partition in world.Cluster.Partitions.Where(static partition => partition.Topic == InternalTopic.Offsets))
        {
            partition.Log.TransactionWritten += (producerId, epoch) => world.Book.Wrote(partition, producerId, epoch);
            partition.Log.TransactionEnded += end => world.Book.Ended(partition, end);
        }

        ReadOn();
    }

    public void Calm()
    {
    }

    public void Finish() => _processors.ForEach(static processor => processor.BeginToClose());

    public void Close()
    {
        world.Book.Close();
        foreach (var partition in world.Data)
        {
            partition.Read();
        }

        foreach (var processor in _processors)
        {
            Group? group = _groups[processor.GroupId].Find(out var isServed);
            if (!isServed)
            {
                world.Fault(Checks.Settling, $"nobody coordinates {processor.GroupId}");
                return;
            }

            processor.Close(group?.Offsets.Find("in", 0)?.Offset ?? 0);
        }
    }

    private void ReadOn()
    {
        var read = "";
        world.Agenda.Put(world.Between(50, 500), () => read, () =>
        {
            read = world.Pick(world.Data).Read();
            foreach (var processor in _processors)
            {
                processor.LookAfter();
            }

            ReadOn();
        });
    }
}
