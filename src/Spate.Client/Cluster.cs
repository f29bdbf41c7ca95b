using Spate.Client.Connections;
using Spate.Client.Metadata;
using Spate.Client.Telemetry;
using Spate.Client.Telemetry.Push;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client;

/// <summary>What a client's producers, consumers and admin share: the picture of one cluster and the connections to it. Safe for use by several threads at once.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <exception cref="KafkaConfigurationException">The options cannot be used.</exception>
    public Cluster(KafkaClientOptions options)
    {
        var bootstrap = options.Validate();
        Options = options;
        Chance = options.NewChance();
        Watch = new ClientWatch(options);
        Brokers = new BrokerPool(options, Chance, Watch);
        Metadata = new MetadataCache(options, new MetadataSource(options, bootstrap, Brokers, Chance, Watch), Brokers, Chance, Watch);
        Push = options.EnableMetricsPush ? new MetricsPush(Watch, options, Chance) : null;
    }

    public KafkaClientOptions Options { get; }

    public TimeProvider Clock => Options.TimeProvider;

    public Chance Chance { get; }

    /// <summary>What it tells of itself.</summary>
    public ClientWatch Watch { get; }

    /// <summary>Pushes metrics where brokers ask for them; null when it must not.</summary>
    public MetricsPush? Push { get; }

    /// <summary>Whether its client has been disposed, or is being.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>What whoever still uses a client is told that has been disposed.</summary>
    public static KafkaException Ended() => new(ErrorCode.NetworkException, "The KafkaClient was disposed before what it has made, which cannot reach any broker now. Dispose consumers and producers first.")
    {
        IsFatal = true,
        IsRetriable = false,
    };

    /// <summary>Whether something failed because the client has ended, which no other attempt changes.</summary>
    public bool HasEnded(Exception failure) => IsDisposed && (failure is ObjectDisposedException or KafkaException { IsRetriable: true });

    public BrokerPool Brokers { get; }

    public MetadataCache Metadata { get; }

    /// <summary>Asks a node, over the shared connection.</summary>
    /// <exception cref="KafkaException">It could not be asked.</exception>
    public Task<Reply<TResponse>> AskAsync<TResponse>(
        int nodeId, IRequestMessage<TResponse> request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponseMessage, new() =>
        Brokers.Find(nodeId).AskAsync(request, Options.RequestTimeout, cancellationToken, highestVersion);

    /// <summary>Any node: one that is connected to already, if there is one.</summary>
    public async Task<int> AnyNodeAsync(CancellationToken cancellationToken)
    {
        var nodes = (await Metadata.GetClusterAsync(Options.ApiTimeout, cancellationToken).ConfigureAwait(false)).Nodes.Keys.ToArray();
        Chance.Shuffle(nodes.AsSpan());
        return nodes.FirstOrDefault(node => Brokers.Find(node).OpenConnection is not null, nodes[0]);
    }

    /// <summary>Where the leader of a partition is, as far as that is known.</summary>
    public ServerAddress? LeaderOf(TopicPartition partition) =>
        Metadata.Current is var known && known.Find(partition) is { } found && known.Nodes.TryGetValue(found.Leader, out var node) ? node.Address : null;

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        if (Push is not null)
        {
            await Push.DisposeAsync().ConfigureAwait(false);
        }

        await Metadata.DisposeAsync().ConfigureAwait(false);
        await Brokers.DisposeAsync().ConfigureAwait(false);
        Watch.Dispose();
    }
}
