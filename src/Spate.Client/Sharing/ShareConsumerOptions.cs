using Spate.Client.Consuming;

namespace Spate.Client.Sharing;

/// <summary>How a <see cref="ShareConsumer"/> works. Immutable; faults are told when the consumer is made.</summary>
public sealed record ShareConsumerOptions
{
    /// <summary>The share group, whose members are given records one by one, whatever partition they are in (KIP-932). Kafka: <c>group.id</c>. Not empty.</summary>
    public required string GroupId { get; init; }

    /// <summary>How records are acknowledged. Kafka: <c>share.acknowledgement.mode</c>. Default: <see cref="AcknowledgeMode.Implicit"/>.</summary>
    public AcknowledgeMode AcknowledgeMode { get; init; } = AcknowledgeMode.Implicit;

    /// <summary>How many records are given at once. Kafka: <c>share.acquire.mode</c>. Default: <see cref="ShareAcquireMode.BatchOptimized"/>.</summary>
    public ShareAcquireMode AcquireMode { get; init; } = ShareAcquireMode.BatchOptimized;

    /// <summary>Records that one broker gives at once. Kafka: <c>max.poll.records</c>. Default: 500. From 1.</summary>
    public int MaxRecords { get; init; } = 500;

    /// <summary>
    /// How long a broker waits for records before it answers. Kafka: <c>fetch.max.wait.ms</c>. Default: 500 ms. From 1 ms to <see cref="KafkaClientOptions.RequestTimeout"/>, without reaching it.
    /// </summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes of records that a broker waits for. Kafka: <c>fetch.min.bytes</c>. Default: 1. From 0.</summary>
    public int MinBytes { get; init; } = 1;

    /// <summary>Bytes of records in one answer; the first batch is sent however large it is. Kafka: <c>fetch.max.bytes</c>. Default: 50 MiB. From 1.</summary>
    public int MaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>
    /// How long acknowledgements wait for a request for more records that they can go along with. Kafka sends them with the next poll, however late that is. Default: 1 s. From 1 ms to 24 days, well
    /// below the group's <c>share.record.lock.duration.ms</c>.
    /// </summary>
    public TimeSpan AcknowledgeLinger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where this member stands, for assignors that look at it. Kafka: <c>client.rack</c>. Default: null. Not empty.</summary>
    public string? ClientRack { get; init; }

    /// <summary>Bytes that one batch may have when it is decompressed; a larger one is refused as corrupt. Default: 256 MiB. From 1 KiB to 1 GiB.</summary>
    public int BatchBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>What becomes of records that cannot be read. Default: <see cref="UnreadableRecords.Reject"/>.</summary>
    public UnreadableRecords UnreadableRecords { get; init; } = UnreadableRecords.Reject;

    /// <summary>
    /// Told of each record that could not be read, with its position and raw bytes, when it has been acknowledged as <see cref="UnreadableRecords"/> says; others go on. Default: null, by which the
    /// enumeration throws the exception, and goes on after that record when it is begun again.
    /// </summary>
    public Func<KafkaSerializationException, CancellationToken, ValueTask>? OnUnreadable { get; init; }

    /// <summary>
    /// Told what brokers made of acknowledgements. It runs on the loop that asks brokers, and must be short and not throw. Default: null, nobody; <see cref="ShareConsumer.CommitAsync"/> tells too.
    /// </summary>
    public Action<AcknowledgementResult>? OnAcknowledged { get; init; }

    /// <summary>What reads the batches.</summary>
    internal ConsumerOptions Reading => new() { BatchBytesMax = BatchBytesMax };

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate(KafkaClientOptions client)
    {
        var faults = new OptionFaults();
        faults.RequireRange(MaxRecords, 1, int.MaxValue);
        faults.RequireRange(MinBytes, 0, int.MaxValue);
        faults.RequireRange(MaxBytes, 1, int.MaxValue);
        faults.RequireRange(BatchBytesMax, 1024, 1024 * 1024 * 1024);
        faults.RequirePositive(MaxWait);
        faults.RequirePositive(AcknowledgeLinger);
        if (string.IsNullOrEmpty(GroupId))
        {
            faults.Add("GroupId is empty; give the group a name.");
        }

        if (ClientRack is "")
        {
            faults.Add("ClientRack is empty; give a name, or null for none.");
        }

        if (MaxWait >= client.RequestTimeout)
        {
            faults.Add($"MaxWait is {MaxWait.TotalMilliseconds} ms; it must be below RequestTimeout ({client.RequestTimeout.TotalMilliseconds} ms).");
        }

        if (!Enum.IsDefined(AcknowledgeMode) || !Enum.IsDefined(AcquireMode) || !Enum.IsDefined(UnreadableRecords))
        {
            faults.Add($"AcknowledgeMode is {(int)AcknowledgeMode}, AcquireMode {(int)AcquireMode} and UnreadableRecords {(int)UnreadableRecords}; one of them is not among its values.");
        }

        faults.Throw(nameof(ShareConsumerOptions));
    }
}
