using Spate.Coordination;
using Spate.Coordination.Tests.Harness;
using Spate.Simulation.Canaries;
using Spate.Simulation.Cluster;
using Spate.Simulation.Groups;
using Spate.Simulation.Transactions;

namespace Spate.Simulation.Worlds;

/// <summary>One world: a clock, a thread, chance, a network, nodes. Whoever lives in it finds here what it needs.</summary>
internal sealed class World
{
    private const int DataPartitionCount = 4;

    public World(int seed, Sabotage sabotage, int traceLength)
    {
        Random = new Random(seed);
        Pump = new Pump(Random);
        Weather = Weather.Of(Random);
        Sabotage = sabotage;
        Trace = new Trace(traceLength);
        Network = new Network(this);
        sabotage.World = this;
        // What is taken from the seed itself leaves the chances of everything else as they are.
        Settings = new TestSettings
        {
            Consumer = new ConsumerGroupSettings(SessionTimeoutMs: 10_000, HeartbeatIntervalMs: 2_000),
            Share = new ShareGroupSettings(SessionTimeoutMs: 10_000, HeartbeatIntervalMs: 2_000),
            Streams = new StreamsGroupSettings(
                SessionTimeoutMs: 10_000, HeartbeatIntervalMs: 2_000, StandbyReplicas: Random.Next(3), InitialRebalanceDelayMs: Random.Next(2) * 1_000,
                WarmupReplicas: seed & 3, AcceptableRecoveryLag: 100, TaskOffsetIntervalMs: 5_000),
        };
        Cluster = new ClusterOfNodes(this);
        Watch = new GroupWatch(Cluster);
        Book = new TransactionBook(this);
        Data = [.. Enumerable.Range(0, DataPartitionCount).Select(index => new DataPartition(this, index))];
    }

    public Random Random { get; }

    public Agenda Agenda { get; } = new();

    public Pump Pump { get; }

    public Weather Weather { get; }

    public Network Network { get; }

    public Sabotage Sabotage { get; }

    public TestTopics Topics { get; } = new();

    /// <summary>What is set for groups.</summary>
    public TestSettings Settings { get; }

    public ClusterOfNodes Cluster { get; }

    /// <summary>What transactions are held against.</summary>
    public TransactionBook Book { get; }

    /// <summary>The partitions that transactions write to.</summary>
    public IReadOnlyList<DataPartition> Data { get; }

    public Trace Trace { get; }

    /// <summary>Looks at groups of which something may have changed.</summary>
    public GroupWatch Watch { get; }

    /// <summary>What went wrong first; null as long as nothing has.</summary>
    public (string Check, string What)? Failure { get; private set; }

    public void Fault(string check, string what) => Failure ??= (check, what);

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    public TimeSpan Between(int leastMs, int mostMs) => TimeSpan.FromTicks(Random.NextInt64(leastMs * TimeSpan.TicksPerMillisecond, (mostMs * TimeSpan.TicksPerMillisecond) + 1));

    public T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    /// <summary>Does something again and again, at moments that nobody can foresee, until the world is calm.</summary>
    /// <param name="mean">How much time lies in between on average; <see cref="TimeSpan.MaxValue"/> for never.</param>
    /// <param name="act">Does it, and says what it has done.</param>
    public void EverySoOften(TimeSpan mean, Func<string> act)
    {
        if (mean == TimeSpan.MaxValue || Weather.IsCalm)
        {
            return;
        }

        var done = "";
        Agenda.Put(mean * -Math.Log(1 - Random.NextDouble()), () => done, () =>
        {
            if (Weather.IsCalm)
            {
                return false;
            }

            done = act();
            EverySoOften(mean, act);
            return true;
        });
    }
}
