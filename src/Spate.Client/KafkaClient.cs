namespace Spate.Client;

/// <summary>
/// A client of one Kafka cluster, the front of everything here. One instance serves a whole program: its producers, consumers and admin share what is
/// known of the cluster. Safe for use by several threads at once.
/// </summary>
public sealed class KafkaClient : IAsyncDisposable
{
    private readonly Cluster _cluster;

    /// <summary>A client with the default options. Nothing is connected to before the first call.</summary>
    /// <param name="bootstrapServers">See <see cref="KafkaClientOptions.BootstrapServers"/>.</param>
    /// <exception cref="KafkaConfigurationException">The text is not a list of addresses.</exception>
    public KafkaClient(string bootstrapServers)
        : this(new KafkaClientOptions { BootstrapServers = bootstrapServers })
    {
    }

    /// <summary>A client. Nothing is connected to before the first call.</summary>
    /// <param name="options">How it works.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    public KafkaClient(KafkaClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _cluster = new Cluster(options);
    }

    /// <summary>Closes all connections. Calls under way fail.</summary>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
