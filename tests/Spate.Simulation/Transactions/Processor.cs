using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>
/// A program that reads inputs, writes what comes of them, and commits how far it has read, all in transactions. Instances of it are started over and
/// over, and those before do not always know. Each input must come out once.
/// </summary>
internal sealed class Processor
{
    public const string OffsetsTopic = "__consumer_offsets";
    private readonly World _world;
    private readonly HashSet<long> _seen = [];
    private int _instances;

    public Processor(World world, string name, bool bumpsEpoch)
    {
        _world = world;
        Name = name;
        BumpsEpoch = bumpsEpoch;
        Newest = Start();
    }

    /// <summary>The transactional id.</summary>
    public string Name { get; }

    /// <summary>The group under which it keeps how far it has read.</summary>
    public string GroupId => "of-" + Name;

    /// <summary>Whether it speaks version 2 of transactions, else 0.</summary>
    public bool BumpsEpoch { get; }

    public ProducerInstance Newest { get; private set; }

    /// <summary>Nothing new is begun any more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>How many inputs have come out.</summary>
    public int Outputs => _seen.Count;

    public void Live() => _world.EverySoOften(TimeSpan.FromSeconds(20), () =>
    {
        var before = Newest;
        if (_world.Random.Next(2) == 0)
        {
            before.Kill();
        }

        Newest = Start();
        return $"{Newest} takes the place of {before}";
    });

    /// <summary>Somebody looks after it: what has ended is started anew.</summary>
    public void LookAfter()
    {
        if (Newest.IsDone && !IsClosing)
        {
            Newest = Start();
        }
    }

    public void BeginToClose() => IsClosing = true;

    /// <summary>An output is read.</summary>
    public void Read(OutputRecord record)
    {
        if (!_seen.Add(record.Input))
        {
            _world.Fault(Checks.ExactlyOnce, $"input {record.Input} of {Name} comes out once more, by {record.Attempt}");
        }
    }

    /// <summary>Nobody does anything any more.</summary>
    /// <param name="committed">How far the group says that it has read.</param>
    public void Close(long committed)
    {
        for (var input = 0; input < committed; input++)
        {
            if (!_seen.Contains(input))
            {
                _world.Fault(Checks.ExactlyOnce, $"input {input} of {Name} never came out, and {committed} are said to be done");
            }
        }

        if (_seen.Count > committed)
        {
            _world.Fault(Checks.ExactlyOnce, $"{_seen.Count} inputs of {Name} came out, and {committed} are said to be done");
        }
    }

    private ProducerInstance Start() => new(_world, this, ++_instances);
}
