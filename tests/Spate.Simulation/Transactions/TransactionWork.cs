using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>What one transaction is to write, record by record, each with the number that its partition expects of the producer next.</summary>
internal sealed class TransactionWork(World world)
{
    private readonly Queue<(OutputRecord Record, int Partition)> _outputs = new();
    private readonly int[] _sequences = new int[world.Data.Count];

    /// <summary>How many inputs the transaction takes.</summary>
    public int Taken { get; private set; }

    /// <summary>Takes a few inputs, from a position on.</summary>
    public void Take(Processor processor, long position, Attempt attempt)
    {
        Taken = world.Random.Next(1, 5);
        for (var input = 0; input < Taken; input++)
        {
            _outputs.Enqueue((new OutputRecord(processor, position + input, attempt), world.Random.Next(world.Data.Count)));
        }
    }

    /// <summary>What is to be written next, and where; null when all of it is.</summary>
    public (OutputRecord Record, DataPartition Partition)? Next => _outputs.TryPeek(out var output) ? (output.Record, world.Data[output.Partition]) : null;

    /// <summary>The number that the next one has for its partition.</summary>
    public int Sequence => _sequences[_outputs.Peek().Partition];

    /// <summary>It is written.</summary>
    public void Written() => _sequences[_outputs.Dequeue().Partition]++;

    /// <summary>The transaction has ended, whatever was left of it.</summary>
    public void Drop() => _outputs.Clear();

    /// <summary>In a new epoch a producer counts anew.</summary>
    public void CountAnew() => Array.Clear(_sequences);
}
