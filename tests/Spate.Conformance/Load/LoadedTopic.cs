using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Load;

/// <summary>A topic and all that ever wrote to it or committed for it.</summary>
internal sealed class LoadedTopic
{
    private readonly int _partitions;
    private readonly List<INumberedLoad> _producers = [];

    public LoadedTopic(string name, int partitions, Random random)
    {
        Name = name;
        _partitions = partitions;
        Idempotent =
        [
            .. Enumerable.Range(0, partitions).Select(partition => new IdempotentProducer(
                string.Create(CultureInfo.InvariantCulture, $"{name}i{partition}"), name, partition, new Random(random.Next()))),
        ];
        _producers.AddRange(Idempotent);
    }

    public string Name { get; }

    /// <summary>One for each partition; they write in every round.</summary>
    public IReadOnlyList<IdempotentProducer> Idempotent { get; }

    /// <summary>Those who write in the present round.</summary>
    public IReadOnlyList<INumberedLoad> Current { get; private set; } = [];

    /// <summary>One for each partition and round.</summary>
    public List<OffsetCommitter> Committers { get; } = [];

    /// <summary>Brings the producers and consumers of another round: for each partition one producer for each kind of acknowledgement, and a consumer.</summary>
    public void AddRound(int round, Random random)
    {
        var current = new List<INumberedLoad>(Idempotent);
        for (var partition = 0; partition < _partitions; partition++)
        {
            foreach (var acks in new short[] { -1, 1 })
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"r{round}p{partition}a{acks}");
                current.Add(new NumberedProducer(name, Name, partition, acks, new Random(random.Next())));
                _producers.Add(current[^1]);
            }

            Committers.Add(new OffsetCommitter(string.Create(CultureInfo.InvariantCulture, $"{Name}-{partition}-round-{round}"), Name, partition));
        }

        Current = current;
    }

    /// <summary>Holds what is found against all that was ever acknowledged.</summary>
    public async Task AuditAsync(BrokerProcess broker, string circumstances, ITestOutputHelper output)
    {
        var found = await Kcat.ReadAsync(broker, Name);
        LoadAudit.Check(_producers, found, circumstances);
        using var client = await WireClient.ConnectAsync(broker);
        foreach (var committer in Committers)
        {
            await committer.CheckAsync(client, circumstances);
        }

        output.WriteLine($"{circumstances}: in {Name} {_producers.Sum(producer => producer.Acknowledged.Count)} records were acknowledged and {found.Count} are there");
    }
}
