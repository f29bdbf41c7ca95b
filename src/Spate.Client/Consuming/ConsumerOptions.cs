namespace Spate.Client.Consuming;

/// <summary>How a <see cref="Consumer"/> works. Immutable; faults are told when the consumer is made.</summary>
public sealed record ConsumerOptions
{
    /// <summary>Where to begin without a position, and what to do when its record is gone. Kafka: <c>auto.offset.reset</c>. Default: <see cref="OffsetReset.Latest"/>.</summary>
    public OffsetReset OffsetReset { get; init; } = OffsetReset.Latest;

    /// <summary>Which records of transactions are handed out. Kafka: <c>isolation.level</c>. Default: <see cref="IsolationLevel.ReadUncommitted"/>.</summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.ReadUncommitted;

    /// <summary>
    /// How long a broker waits for <see cref="FetchMinBytes"/> before it answers a fetch. Kafka: <c>fetch.max.wait.ms</c>. Default: 500 ms. From 1 ms to
    /// <see cref="KafkaClientOptions.RequestTimeout"/>, without reaching it.
    /// </summary>
    public TimeSpan FetchMaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes of records that a broker waits for before it answers a fetch. Kafka: <c>fetch.min.bytes</c>. Default: 1. From 0.</summary>
    public int FetchMinBytes { get; init; } = 1;

    /// <summary>Bytes of records in one answer; the first batch is sent however large it is. Kafka: <c>fetch.max.bytes</c>. Default: 50 MiB. From 1.</summary>
    public int FetchMaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Bytes of records of one partition in one answer; the first batch is sent however large it is. Kafka: <c>max.partition.fetch.bytes</c>. Default: 1 MiB. From 1.</summary>
    public int PartitionFetchBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes of records, as they are on the wire, that are fetched before they are asked for. Beyond it nothing is fetched until records have been handed out.
    /// Kafka has no such key; librdkafka: <c>queued.max.messages.kbytes</c>. Default: 64 MiB. From 1.
    /// </summary>
    public long PrefetchBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Where this consumer stands, by the name that brokers have for it in <c>broker.rack</c>. Leaders that are set up for it then name a replica that is nearer, and
    /// records are fetched from there (KIP-392). Kafka: <c>client.rack</c>. Default: empty, by which leaders are read.
    /// </summary>
    public string ClientRack { get; init; } = "";

    /// <summary>
    /// Bytes that one batch may have when it is decompressed; a larger one is refused as corrupt. Default: 256 MiB. From 1 KiB to 1 GiB.
    /// </summary>
    public int BatchBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// Told of each record that could not be read, with its position and raw bytes; reading goes on after it. Default: null, by which the enumeration throws the
    /// exception, and goes on after that record when it is begun again.
    /// </summary>
    public Func<KafkaSerializationException, CancellationToken, ValueTask>? OnUnreadable { get; init; }

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate(KafkaClientOptions client)
    {
        var faults = new OptionFaults();
        faults.RequireValue(OffsetReset);
        faults.RequireValue(ClientRack);
        faults.RequirePositive(FetchMaxWait);
        faults.RequireRange(FetchMinBytes, 0, int.MaxValue);
        faults.RequireRange(FetchMaxBytes, 1, int.MaxValue);
        faults.RequireRange(PartitionFetchBytes, 1, int.MaxValue);
        faults.RequireRange(PrefetchBytes, 1, long.MaxValue);
        faults.RequireRange(BatchBytesMax, 1024, 1024 * 1024 * 1024);
        if (FetchMaxWait >= client.RequestTimeout)
        {
            faults.Add($"FetchMaxWait is {FetchMaxWait.TotalMilliseconds} ms; it must be below RequestTimeout ({client.RequestTimeout.TotalMilliseconds} ms).");
        }

        if (!Enum.IsDefined(IsolationLevel))
        {
            faults.Add($"IsolationLevel is {(int)IsolationLevel}; it must be ReadUncommitted or ReadCommitted.");
        }

        faults.Throw(nameof(ConsumerOptions));
    }
}
