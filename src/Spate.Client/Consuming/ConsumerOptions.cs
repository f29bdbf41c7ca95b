using Spate.Client.Consuming.Groups;

namespace Spate.Client.Consuming;

/// <summary>How a <see cref="Consumer"/> works. Immutable; faults are told when the consumer is made.</summary>
public sealed record ConsumerOptions
{
    /// <summary>
    /// The group whose members share the partitions, and under whose name offsets are committed. Kafka: <c>group.id</c>. Default: null, by which the consumer reads only
    /// partitions that are named to it, and commits nothing. Not empty.
    /// </summary>
    public string? GroupId { get; init; }

    /// <summary>
    /// Makes this a static member (KIP-345): whoever comes with the same name within <see cref="SessionTimeout"/> takes over its partitions without a rebalance, and the
    /// one before is fenced off. Disposing does not leave the group. Kafka: <c>group.instance.id</c>. Default: null. Not empty.
    /// </summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>How the group's members come to their partitions. Kafka: <c>group.protocol</c>. Default: <see cref="GroupProtocol.Classic"/>.</summary>
    public GroupProtocol GroupProtocol { get; init; } = GroupProtocol.Classic;

    /// <summary>
    /// Who assigns, in the classic protocol: the first that all members offer. Partitions stay with their owners while a group rebalances if all of these are
    /// <see cref="IPartitionAssignor.IsCooperative"/>. Kafka: <c>partition.assignment.strategy</c>. Default: range, then cooperative-sticky. At least one, with names of their own.
    /// </summary>
    public IReadOnlyList<IPartitionAssignor> Assignors { get; init; } = [PartitionAssignors.Range, PartitionAssignors.CooperativeSticky];

    /// <summary>Who assigns at the broker, in the new protocol: <c>uniform</c> or <c>range</c>. Kafka: <c>group.remote.assignor</c>. Default: null, the broker's choice.</summary>
    public string? RemoteAssignor { get; init; }

    /// <summary>
    /// A member of a classic group that is not heard of for so long is taken for dead. Kafka: <c>session.timeout.ms</c>. Default: 45 s. From 1 ms, within what the
    /// broker allows; in the new protocol the broker decides.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How often a member of a classic group is heard of, and so how soon it hears of a rebalance. Kafka: <c>heartbeat.interval.ms</c>. Default: 3 s. From 1 ms, below
    /// <see cref="SessionTimeout"/>; in the new protocol the broker decides.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the code that enumerates may take before it asks for the next record. When it takes longer the consumer leaves the group, so that others get its
    /// partitions, and the enumeration says so when it is come back to. Also how long others wait for it in a rebalance. Kafka: <c>max.poll.interval.ms</c>. Default: 5 minutes.
    /// From 1 ms to 24 days.
    /// </summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether finished records are committed without being asked to: every <see cref="AutoCommitInterval"/>, before a partition is given up, and at the end. A record is finished
    /// when the one after it is asked for. Kafka: <c>enable.auto.commit</c>. Default: true.
    /// </summary>
    public bool AutoCommit { get; init; } = true;

    /// <summary>How often finished records are committed. Kafka: <c>auto.commit.interval.ms</c>. Default: 5 s. From 1 ms to 24 days.</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told of partitions that have come, before any of their records is handed out. Default: null, nobody.</summary>
    public RebalanceCallback? OnAssigned { get; init; }

    /// <summary>
    /// Told of partitions that are about to go to somebody else: they are this member's until it has ended, and what is committed counts. What was finished has been
    /// committed already if <see cref="AutoCommit"/> is on. Default: null, nobody.
    /// </summary>
    public RebalanceCallback? OnRevoked { get; init; }

    /// <summary>
    /// Told of partitions that somebody else may have had for a while, since the group has put this member out: commits are refused. Default: null, by which
    /// <see cref="OnRevoked"/> is told.
    /// </summary>
    public RebalanceCallback? OnLost { get; init; }

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
    /// records are fetched from there (KIP-392); assignors may look at it too. Kafka: <c>client.rack</c>. Default: null, by which leaders are read. Not empty.
    /// </summary>
    public string? ClientRack { get; init; }

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
        Find(faults);
        if (FetchMaxWait >= client.RequestTimeout)
        {
            faults.Add($"FetchMaxWait is {FetchMaxWait.TotalMilliseconds} ms; it must be below RequestTimeout ({client.RequestTimeout.TotalMilliseconds} ms).");
        }

        faults.Throw(nameof(ConsumerOptions));
    }

    /// <summary>Finds what is wrong whatever the client's own options are.</summary>
    internal void Find(OptionFaults faults)
    {
        faults.RequireValue(OffsetReset);
        faults.RequirePositive(FetchMaxWait);
        faults.RequireRange(FetchMinBytes, 0, int.MaxValue);
        faults.RequireRange(FetchMaxBytes, 1, int.MaxValue);
        faults.RequireRange(PartitionFetchBytes, 1, int.MaxValue);
        faults.RequireRange(PrefetchBytes, 1, long.MaxValue);
        faults.RequireRange(BatchBytesMax, 1024, 1024 * 1024 * 1024);
        if (!Enum.IsDefined(IsolationLevel))
        {
            faults.Add($"IsolationLevel is {(int)IsolationLevel}; it must be ReadUncommitted or ReadCommitted.");
        }

        GroupFaults.Find(this, faults);
    }
}
