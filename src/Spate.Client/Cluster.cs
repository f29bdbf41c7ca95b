using Spate.Client.Connections;
using Spate.Client.Metadata;
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
        Brokers = new BrokerPool(options, Chance);
        Metadata = new MetadataCache(options, new MetadataSource(options, bootstrap, Brokers, Chance), Brokers, Chance);
    }

    public KafkaClientOptions Options { get; }

    public TimeProvider Clock => Options.TimeProvider;

    public Chance Chance { get; }

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
        var nodes = (await Metadata.GetClusterAsync(Options.ApiTimeout, cancellationToken)).Nodes.Keys.ToArray();
        Chance.Shuffle(nodes.AsSpan());
        return nodes.FirstOrDefault(node => Brokers.Find(node).OpenConnection is not null, nodes[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        await Brokers.DisposeAsync();
    }
}
