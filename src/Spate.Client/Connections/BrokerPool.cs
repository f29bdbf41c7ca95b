using Spate.Client.Metadata;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;

namespace Spate.Client.Connections;

/// <summary>
/// The links to the brokers of a cluster, by node and lane. A lane keeps what would block others apart: a fetch that waits for records
/// stands before everything behind it on the same connection. Safe for use by several threads at once.
/// </summary>
internal sealed class BrokerPool(KafkaClientOptions options, Chance chance, ClientWatch watch) : IAsyncDisposable
{
    /// <summary>The lane of everything that is answered at once.</summary>
    public const int SharedLane = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<(int NodeId, int Lane), BrokerLink> _links = [];
    private readonly List<Task> _closing = [];
    private ClusterMetadata _cluster = ClusterMetadata.Empty;
    private int _lastLane;
    private bool _isDisposed;

    /// <summary>A lane of the caller's own; give it back with <see cref="CloseLaneAsync"/>.</summary>
    public int NewLane() => Interlocked.Increment(ref _lastLane);

    /// <summary>The link to a node.</summary>
    /// <exception cref="KafkaException">The newest picture of the cluster has no such node: BROKER_NOT_AVAILABLE, to be retried with a newer picture.</exception>
    public BrokerLink Find(int nodeId, int lane = SharedLane)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_cluster.Nodes.TryGetValue(nodeId, out var node))
            {
                throw new KafkaException(ErrorCode.BrokerNotAvailable, $"Broker {nodeId} is not among those that the cluster names at present.") { IsRetriable = true };
            }

            if (!_links.TryGetValue((nodeId, lane), out var link))
            {
                link = new BrokerLink(node.Address, nodeId, options, chance, watch);
                _links.Add((nodeId, lane), link);
            }

            return link;
        }
    }

    /// <summary>The link to a node, if anybody has wanted it yet.</summary>
    public BrokerLink? TryFind(int nodeId)
    {
        lock (_gate)
        {
            return _links.GetValueOrDefault((nodeId, SharedLane));
        }
    }

    /// <summary>Takes over a newer picture: links to nodes that are gone or have moved are closed.</summary>
    public void Follow(ClusterMetadata cluster)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _cluster = cluster;
            foreach (var (key, link) in _links)
            {
                if (!cluster.Nodes.TryGetValue(key.NodeId, out var node) || node.Address != link.Address)
                {
                    _links.Remove(key);
                    Close(link);
                }
            }
        }
    }

    /// <summary>Closes the connections of a lane.</summary>
    public async Task CloseLaneAsync(int lane)
    {
        List<BrokerLink> links;
        lock (_gate)
        {
            links = [.. _links.Where(pair => pair.Key.Lane == lane).Select(pair => pair.Value)];
            foreach (var key in _links.Keys.Where(key => key.Lane == lane).ToList())
            {
                _links.Remove(key);
            }
        }

        foreach (var link in links)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Task> closing;
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var link in _links.Values)
            {
                Close(link);
            }

            _links.Clear();
            closing = [.. _closing];
        }

        await Task.WhenAll(closing).ConfigureAwait(false);
    }

    private void Close(BrokerLink link)
    {
        _closing.RemoveAll(static task => task.IsCompletedSuccessfully);
        _closing.Add(Task.Run(() => link.DisposeAsync().AsTask()));
    }
}
