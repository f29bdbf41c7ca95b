using Spate.Cli.Output;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol.Compression;

namespace Spate.Cli.Bench;

/// <summary>A measurement as it was asked for: all that has to be the same for its figures to come out again.</summary>
internal sealed record BenchShape
{
    /// <summary>Where a log is read again and again, a fetch at its end does not wait for more of it.</summary>
    private static readonly TimeSpan ShortFetchWait = TimeSpan.FromMilliseconds(1);

    public required BenchKind Kind { get; init; }

    /// <summary>Brokers to begin with.</summary>
    public required string Servers { get; init; }

    /// <summary>A topic that is there; null for one that is made, and deleted afterwards.</summary>
    public string? Topic { get; init; }

    /// <summary>Partitions of the topic that is made.</summary>
    public required int Partitions { get; init; }

    /// <summary>Replicas of each; null for the broker's default.</summary>
    public short? Replicas { get; init; }

    /// <summary>Settings of the topic that is made.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>How many records count; null for as many as the time allows.</summary>
    public long? Records { get; init; }

    /// <summary>How long it goes on; null for as long as the records take.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long it goes on before anything counts.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Bytes of a record's value.</summary>
    public required int Size { get; init; }

    /// <summary>Records that should be sent each second, by all producers together; null for as many as can be.</summary>
    public double? Rate { get; init; }

    public required int Producers { get; init; }

    public required int Consumers { get; init; }

    /// <summary>How consumers take what they read.</summary>
    public required ReadingWay Read { get; init; }

    public required Acks Acks { get; init; }

    public required CompressionCodec Compression { get; init; }

    public required int BatchSize { get; init; }

    public required TimeSpan Linger { get; init; }

    /// <summary>Requests under way to one broker.</summary>
    public required int InFlight { get; init; }

    /// <summary>What the values of records are made from.</summary>
    public required int Seed { get; init; }

    public bool HasProducers => Kind is not BenchKind.Consume;

    public bool HasConsumers => Kind is not BenchKind.Produce;

    /// <summary>Whether each record says when it should have been sent.</summary>
    public bool IsTimed => Kind is BenchKind.Latency or BenchKind.Mixed && Rate is not null;

    /// <summary>Whether the other one asks for the same.</summary>
    public bool IsSameAs(BenchShape other) =>
        this with { Settings = other.Settings } == other && Settings.Count == other.Settings.Count && Settings.All(pair => other.Settings.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <summary>How many records a phase of this length has, which is known where there is a rate or a number was asked for.</summary>
    public long RecordsOf(TimeSpan? duration, long? records) =>
        Math.Min(records ?? long.MaxValue, duration is { } length && Rate is { } rate ? Math.Max(1, (long)Math.Round(rate * length.TotalSeconds)) : long.MaxValue);

    public ProducerOptions ProducerOptions(ProducerOptions basis) => basis with
    {
        Acks = Acks,
        Compression = Compression,
        BatchSize = BatchSize,
        Linger = Linger,
        MaxInFlight = InFlight,
        BufferMemory = Math.Max(basis.BufferMemory, 4L * Math.Max(BatchSize, Size)),
        MaxRequestSize = Math.Max(basis.MaxRequestSize, Size + BenchTopic.BytesAroundValue),
        DeliveryTimeout = basis.DeliveryTimeout + Linger,
    };

    public ConsumerOptions ConsumerOptions(ConsumerOptions basis) => Kind == BenchKind.Consume ? basis with { FetchMaxWait = ShortFetchWait } : basis;

    /// <summary>The shape as a part of the result.</summary>
    /// <param name="name">What the part is called.</param>
    /// <param name="topic">The topic that it ran on.</param>
    public Listing ToListing(string name, BenchTopic topic)
    {
        var facts = new List<(Column, object?)>
        {
            (new Column("bench"), Kind.ToString().ToLowerInvariant()),
            (new Column("servers"), Servers),
            (new Column("topic"), topic.Name),
            (new Column("partitions"), topic.Partitions.Count),
            (new Column("recordBytes", Unit.Bytes), (long)Size),
        };
        if (HasProducers)
        {
            facts.Add((new Column("rate"), Rate));
            facts.Add((new Column("producers"), Producers));
            facts.Add((new Column("acks"), Acks.ToString().ToLowerInvariant()));
            facts.Add((new Column("compression"), Compression.ToString().ToLowerInvariant()));
            facts.Add((new Column("batchBytes", Unit.Bytes), (long)BatchSize));
            facts.Add((new Column("lingerMs", Unit.Milliseconds), (long)Linger.TotalMilliseconds));
            facts.Add((new Column("inFlight"), InFlight));
        }

        if (HasConsumers)
        {
            facts.Add((new Column("consumers"), Consumers));
            facts.Add((new Column("read"), Read.ToString().ToLowerInvariant()));
        }

        facts.Add((new Column("warmUpMs", Unit.Milliseconds), (long)WarmUp.TotalMilliseconds));
        facts.Add((new Column("seed"), Seed));
        return Listing.Record(name, [.. facts]);
    }
}
