using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Client.Authentication;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Serialization;

namespace Spate.Client;

/// <summary>What all that a <see cref="KafkaClient"/> does has in common. Immutable; faults are told by the client's constructor.</summary>
public sealed record KafkaClientOptions
{
    /// <summary>Brokers to begin with, as <c>host:port</c> with commas between; a few of the cluster's are enough. Kafka: <c>bootstrap.servers</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>The name that brokers log and count requests under. Kafka: <c>client.id</c>. Default: <c>spate</c>.</summary>
    public string ClientId { get; init; } = "spate";

    /// <summary>What is laid over each connection. Kafka: <c>security.protocol</c>. Default: <see cref="PlaintextSecurity"/>.</summary>
    public IStreamSecurity Security { get; init; } = PlaintextSecurity.Instance;

    /// <summary>
    /// How this client proves who it is, over whatever <see cref="Security"/> has laid beneath. Kafka: <c>sasl.mechanism</c> and what belongs to it. Default: null, which
    /// proves nothing.
    /// </summary>
    public SaslOptions? Sasl { get; init; }

    /// <summary>Reads and writes keys and values. Default: <see cref="Serialization.Serializers.Default"/>.</summary>
    public Serializers Serializers { get; init; } = Serializers.Default;

    /// <summary>How <see cref="KafkaClient.Producer"/> works; faults of its own are told by the client's constructor. Default: the defaults.</summary>
    public ProducerOptions Producer { get; init; } = new();

    /// <summary>How consumers work that are made without options; faults of its own are told by the client's constructor. Default: the defaults.</summary>
    public ConsumerOptions Consumer { get; init; } = new();

    /// <summary>
    /// How long a broker may take to answer; then its connection is given up, and what was asked is asked again or fails. Kafka:
    /// <c>request.timeout.ms</c>. Default: 30 s. From 1 ms to 24 days.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a call may take altogether, retries included, where nothing else is said. Kafka: <c>default.api.timeout.ms</c>. Default: 60 s.
    /// From 1 ms to 24 days.
    /// </summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long making a connection may take: name, connection, security and the first question together. Kafka:
    /// <c>socket.connection.setup.timeout.ms</c>. Default: 10 s. From 1 ms to 24 days. It doubles with each failure in a row, and is spread by a fifth.
    /// </summary>
    public TimeSpan ConnectionSetupTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest that <see cref="ConnectionSetupTimeout"/> grows to. Kafka: <c>socket.connection.setup.timeout.max.ms</c>. Default: 30 s. From 1 ms to 24 days.
    /// </summary>
    public TimeSpan ConnectionSetupTimeoutMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection on which nothing was asked for so long is closed. Kafka: <c>connections.max.idle.ms</c>. Default: 9 minutes. From 1 ms to 24 days.</summary>
    public TimeSpan ConnectionsMaxIdle { get; init; } = TimeSpan.FromMinutes(9);

    /// <summary>
    /// The wait before a broker is connected to again, doubled with each failure and spread by a fifth. Kafka:
    /// <c>reconnect.backoff.ms</c>. Default: 50 ms. From 0 to 24 days.
    /// </summary>
    public TimeSpan ReconnectBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that <see cref="ReconnectBackoff"/> grows to. Kafka: <c>reconnect.backoff.max.ms</c>. Default: 1 s. From 0 to 24 days.</summary>
    public TimeSpan ReconnectBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The wait before a failed request is made again, doubled with each failure and spread by a fifth. Kafka: <c>retry.backoff.ms</c>.
    /// Default: 100 ms. From 0 to 24 days.
    /// </summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest that <see cref="RetryBackoff"/> grows to. Kafka: <c>retry.backoff.max.ms</c>. Default: 1 s. From 0 to 24 days.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How old the picture of the cluster may get before it is asked for anew without need. Kafka: <c>metadata.max.age.ms</c>. Default: 5 minutes. From 1 ms to 24 days.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A topic that nobody asked for in so long is no longer kept up to date. Kafka: <c>metadata.max.idle.ms</c>. Default: 5 minutes. From 1 ms to 24 days.</summary>
    public TimeSpan MetadataMaxIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether asking for a topic that is not there may create it, where the broker allows that too. Kafka: <c>allow.auto.create.topics</c>. Default: true.
    /// </summary>
    public bool AllowAutoCreateTopics { get; init; } = true;

    /// <summary>
    /// The longest reply that is believed, in bytes; a broker that announces a longer one is taken for something else and disconnected.
    /// Default: 256 MiB. From 64 KiB to 1 GiB.
    /// </summary>
    public int ReplyBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// Whether the client pushes its metrics to brokers whose operator asks for them (KIP-714); where nobody asks, nothing is pushed. Kafka: <c>enable.metrics.push</c>.
    /// Default: true.
    /// </summary>
    public bool EnableMetricsPush { get; init; } = true;

    /// <summary>
    /// Where lines of log go, under categories that begin with <c>Spate.Client</c>: connections, brokers, batches and groups, never single records. Default: nowhere.
    /// </summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind every wait and every timestamp that is not given. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seeds the chance that spreads waits and picks brokers and partitions. Default: null, which takes a seed from the system.</summary>
    public int? Seed { get; init; }

    /// <summary>Turns names into addresses; tests put their own in.</summary>
    internal INameResolver NameResolver { get; init; } = SystemNameResolver.Instance;

    internal Chance NewChance() => new(new Random(Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue)));

    internal Backoff NewReconnectBackoff() => new(ReconnectBackoff, ReconnectBackoffMax);

    internal Backoff NewRetryBackoff() => new(RetryBackoff, RetryBackoffMax);

    /// <summary>Checks everything and gives the bootstrap addresses.</summary>
    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal IReadOnlyList<ServerAddress> Validate()
    {
        var faults = new OptionFaults();
        var addresses = ServerAddress.ParseList(BootstrapServers ?? "", faults);
        faults.RequirePositive(RequestTimeout);
        faults.RequirePositive(ApiTimeout);
        faults.RequirePositive(ConnectionSetupTimeout);
        faults.RequirePositive(ConnectionSetupTimeoutMax);
        faults.RequirePositive(ConnectionsMaxIdle);
        faults.RequirePositive(MetadataMaxAge);
        faults.RequirePositive(MetadataMaxIdle);
        faults.RequireNotNegative(ReconnectBackoff);
        faults.RequireNotNegative(ReconnectBackoffMax);
        faults.RequireNotNegative(RetryBackoff);
        faults.RequireNotNegative(RetryBackoffMax);
        faults.RequireRange(ReplyBytesMax, 64 * 1024, 1024 * 1024 * 1024);
        faults.RequireValue(ClientId);
        faults.RequireValue(Security);
        faults.RequireValue(Serializers);
        faults.RequireValue(Producer);
        faults.RequireValue(Consumer);
        faults.RequireValue(LoggerFactory);
        faults.RequireValue(TimeProvider);

        // Whether they fit the client's is looked at when they are used: a program that only looks after a cluster has neither producer nor consumer.
        Producer?.Find(faults);
        Consumer?.Find(faults);
        faults.Throw(nameof(KafkaClientOptions));
        return addresses;
    }
}
