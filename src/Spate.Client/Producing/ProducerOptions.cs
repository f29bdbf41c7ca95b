using Spate.Protocol.Compression;

namespace Spate.Client.Producing;

/// <summary>How a <see cref="Producer"/> works. Immutable; faults are told when the producer is made.</summary>
public sealed record ProducerOptions
{
    private const int InFlightOfIdempotence = 5;

    /// <summary>Who must have a record before it counts as delivered. Kafka: <c>acks</c>. Default: <see cref="Producing.Acks.All"/>.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>
    /// Whether a record is written exactly once, and in order, whatever has to be sent again (KIP-98). Needs <see cref="Producing.Acks.All"/>, at most 5
    /// requests in flight and retries. Kafka: <c>enable.idempotence</c>. Default: null, which is on where the other options allow it (KIP-679).
    /// </summary>
    public bool? EnableIdempotence { get; init; }

    /// <summary>
    /// How long a batch waits for more records before it is sent; a full batch does not wait. Kafka: <c>linger.ms</c>. Default: 5 ms. From 0 to 24 days.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Bytes of a batch, before compression; a larger record makes a batch of its own. Kafka: <c>batch.size</c>. Default: 16384. From 1 to 1 GiB.
    /// </summary>
    public int BatchSize { get; init; } = 16 * 1024;

    /// <summary>
    /// Bytes of records that may wait to be delivered; whoever sends more waits. Kafka: <c>buffer.memory</c>. Default: 32 MiB. From <see cref="BatchSize"/> to 1 TiB.
    /// </summary>
    public long BufferMemory { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of a record at most, and of the batches in one request, unless one batch alone is larger. Kafka: <c>max.request.size</c>. Default: 1 MiB. From 1 to 1 GiB.</summary>
    public int MaxRequestSize { get; init; } = 1024 * 1024;

    /// <summary>Requests under way to one broker. Kafka: <c>max.in.flight.requests.per.connection</c>. Default: 5. From 1 to 1000.</summary>
    public int MaxInFlight { get; init; } = InFlightOfIdempotence;

    /// <summary>
    /// How long a call may wait for the topic to be known and for room in <see cref="BufferMemory"/>. Kafka: <c>max.block.ms</c>. Default: 60 s. From 1 ms to 24 days.
    /// </summary>
    public TimeSpan MaxBlock { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a record may take from the call's return to its delivery, retries included; then it has failed. Kafka:
    /// <c>delivery.timeout.ms</c>. Default: 2 minutes. At least <see cref="Linger"/> and <see cref="KafkaClientOptions.RequestTimeout"/> together.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a batch is sent again before it has failed. Kafka: <c>retries</c>. Default: without bound but <see cref="DeliveryTimeout"/>. From 0.</summary>
    public int Retries { get; init; } = int.MaxValue;

    /// <summary>How batches are compressed. Kafka: <c>compression.type</c>. Default: not at all.</summary>
    public CompressionCodec Compression { get; init; } = CompressionCodec.None;

    /// <summary>
    /// The codec's level: gzip -1 or 1 to 9, lz4 1 to 17, zstd -131072 to 22. Kafka: <c>compression.gzip.level</c> and so on (KIP-390). Default: null, the codec's own.
    /// </summary>
    public int? CompressionLevel { get; init; }

    /// <summary>
    /// Chooses partitions. Kafka: <c>partitioner.class</c>. Default: null, by which keys are spread as Kafka's own client spreads them, and records
    /// without a key go to one partition for a batch's length and then to another (KIP-794).
    /// </summary>
    public IPartitioner? Partitioner { get; init; }

    /// <summary>
    /// Whether records without a key go rather to partitions that have less waiting. Kafka: <c>partitioner.adaptive.partitioning.enable</c>. Default: true.
    /// </summary>
    public bool AdaptivePartitioning { get; init; } = true;

    /// <summary>
    /// The name under which this producer writes in transactions (KIP-98), and the only one to do so: whoever comes with the same name after it puts it out. Records are then sent by what
    /// <see cref="Producer.BeginTransactionAsync"/> gives. Implies <see cref="EnableIdempotence"/>. Kafka: <c>transactional.id</c>. Default: null, no transactions. Not empty.
    /// </summary>
    public string? TransactionalId { get; init; }

    /// <summary>
    /// How long a transaction may take before its coordinator aborts it. Kafka: <c>transaction.timeout.ms</c>. Default: 60 s. From 1 ms to 24 days, within what the broker allows
    /// (<c>transaction.max.timeout.ms</c>).
    /// </summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether idempotence is on, all options considered.</summary>
    internal bool IsIdempotent => TransactionalId is not null || (EnableIdempotence ?? (Acks == Acks.All && MaxInFlight <= InFlightOfIdempotence && Retries > 0));

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate(KafkaClientOptions client)
    {
        var faults = new OptionFaults();
        Find(faults);
        if (DeliveryTimeout < Linger + client.RequestTimeout)
        {
            faults.Add($"DeliveryTimeout is {DeliveryTimeout.TotalMilliseconds} ms; it must be at least Linger and RequestTimeout together ({(Linger + client.RequestTimeout).TotalMilliseconds} ms).");
        }

        faults.Throw(nameof(ProducerOptions));
    }

    /// <summary>Finds what is wrong whatever the client's own options are.</summary>
    internal void Find(OptionFaults faults)
    {
        faults.RequireNotNegative(Linger);
        faults.RequireRange(BatchSize, 1, 1024 * 1024 * 1024);
        faults.RequireRange(BufferMemory, Math.Max(BatchSize, 1), 1L << 40);
        faults.RequireRange(MaxRequestSize, 1, 1024 * 1024 * 1024);
        faults.RequireRange(MaxInFlight, 1, 1000);
        faults.RequireRange(Retries, 0, int.MaxValue);
        faults.RequirePositive(MaxBlock);
        faults.RequirePositive(DeliveryTimeout);
        faults.RequirePositive(TransactionTimeout);
        if (!Enum.IsDefined(Acks))
        {
            faults.Add($"Acks is {(short)Acks}; it must be All, Leader or None.");
        }

        if (TransactionalId is { } name)
        {
            RequireForTransactions(faults, name);
        }
        else if (EnableIdempotence == true)
        {
            RequireForIdempotence(faults, nameof(EnableIdempotence));
        }

        ValidateCompression(faults);
    }

    private void RequireForTransactions(OptionFaults faults, string name)
    {
        if (name.Length == 0)
        {
            faults.Add("TransactionalId is empty; give a name, or null for no transactions.");
        }

        if (EnableIdempotence == false)
        {
            faults.Add("TransactionalId needs idempotence, and EnableIdempotence is false.");
        }

        RequireForIdempotence(faults, nameof(TransactionalId));
    }

    private void RequireForIdempotence(OptionFaults faults, string who)
    {
        if (Acks != Acks.All)
        {
            faults.Add($"{who} needs Acks.All, and Acks is {Acks}.");
        }

        if (MaxInFlight > InFlightOfIdempotence)
        {
            faults.Add($"{who} allows at most {InFlightOfIdempotence} requests in flight, and MaxInFlight is {MaxInFlight}.");
        }

        if (Retries == 0)
        {
            faults.Add($"{who} needs retries, and Retries is 0.");
        }
    }

    private void ValidateCompression(OptionFaults faults)
    {
        if (!Enum.IsDefined(Compression))
        {
            faults.Add($"Compression is {(byte)Compression}, which is no codec.");
        }
        else if (!CompressionLevels.IsValid(Compression, CompressionLevel))
        {
            faults.Add($"CompressionLevel is {CompressionLevel}, which {Compression} does not have.");
        }
        else if (!Compressor.IsAvailable(Compression))
        {
            faults.Add($"Compression is {Compression}, whose library is not installed on this machine (lib{Compression.ToString().ToLowerInvariant()}).");
        }
    }
}
