using Spate.Client.Connections;

namespace Spate.Client.Producing;

/// <summary>The brokers that a producer sends to, and the ways to them. Belongs to the sender's loop.</summary>
internal sealed class ProducerNodes(Cluster cluster, ProduceVerdicts verdicts, ProducerAgenda agenda, WakeSignal wake, CancellationToken stopping)
{
    private readonly Dictionary<int, ProducerNode> _nodes = [];

    public IEnumerable<ProducerNode> All => _nodes.Values;

    public ProducerNode Of(int nodeId)
    {
        if (!_nodes.TryGetValue(nodeId, out var node))
        {
            node = new ProducerNode();
            _nodes.Add(nodeId, node);
        }

        return node;
    }

    /// <summary>The open connection to a broker. Where there is none one is made, and null returned: the loop is woken when it is there.</summary>
    public BrokerConnection? ConnectionTo(int nodeId, ProducerNode node)
    {
        BrokerLink link;
        try
        {
            link = cluster.Brokers.Find(nodeId);
        }
        catch (KafkaException)
        {
            cluster.Metadata.Invalidate();
            agenda.ComeBackAfter(cluster.Options.RetryBackoff);
            return null;
        }

        if (link.OpenConnection is { } open)
        {
            node.LastFailure = null;
            return open;
        }

        if (node.LastFailure is { IsFatal: true } refused)
        {
            // Credentials that were refused are not tried again and again.
            verdicts.Die(refused);
            wake.Set();
        }
        else if (node.Connecting is not { IsCompleted: false })
        {
            node.Connecting = ConnectAsync(link, node);
            wake.SetAfter(node.Connecting);
        }

        return null;
    }

    private async Task ConnectAsync(BrokerLink link, ProducerNode node)
    {
        try
        {
            await link.ConnectAsync(stopping).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            node.LastFailure = failure;
            cluster.Metadata.Invalidate();
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The producer stops, or the node has moved to another address; the loop looks again.
        }
    }
}
