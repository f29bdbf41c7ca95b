using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Asks the right broker, and again after what passes by itself, until <see cref="KafkaClientOptions.ApiTimeout"/> is up.</summary>
internal sealed class AdminCalls(Cluster cluster)
{
    public Cluster Cluster => cluster;

    public int TimeoutMs => (int)cluster.Options.RequestTimeout.TotalMilliseconds;

    /// <summary>Asks the controller: brokers of clusters with ZooKeeper do not pass decisions on.</summary>
    public Task<TResult> AskControllerAsync<TResponse, TResult>(
        IRequestMessage<TResponse> request, Func<TResponse, string, TResult> read, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponseMessage, new() => AskAsync(request, ControllerAsync, read, cancellationToken, highestVersion);

    public Task<TResult> AskAnyAsync<TResponse, TResult>(
        IRequestMessage<TResponse> request, Func<TResponse, string, TResult> read, CancellationToken cancellationToken)
        where TResponse : class, IResponseMessage, new() => AskAsync(request, cluster.AnyNodeAsync, read, cancellationToken);

    /// <param name="request">What to ask.</param>
    /// <param name="choose">Whom to ask; called for each attempt.</param>
    /// <param name="read">Makes the result of the response and the broker's name; a retriable exception of it asks again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="highestVersion">The highest version that the request is good for.</param>
    public Task<TResult> AskAsync<TResponse, TResult>(
        IRequestMessage<TResponse> request,
        Func<CancellationToken, Task<int>> choose,
        Func<TResponse, string, TResult> read,
        CancellationToken cancellationToken,
        short highestVersion = short.MaxValue)
        where TResponse : class, IResponseMessage, new() => RetryAsync(
            request.ApiKey.ToString(),
            async token =>
            {
                var node = await choose(token);
                using var reply = await cluster.AskAsync(node, request, token, highestVersion);
                return read(reply.Message, cluster.Metadata.Current.NameOf(node));
            },
            cancellationToken);

    public async Task<TResult> RetryAsync<TResult>(string what, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(cluster.Options.ApiTimeout, cluster.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        KafkaException? last = null;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await attempt(both.Token);
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                last = failure;
                cluster.Metadata.Invalidate();
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw Late(what, last);
            }

            try
            {
                await Task.Delay(cluster.Options.NewRetryBackoff().After(failures, cluster.Chance), cluster.Clock, both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Late(what, last);
            }
        }
    }

    /// <summary>The link to the leader of a partition.</summary>
    public async Task<BrokerLink> LeaderOfAsync(Protocol.TopicPartition name, CancellationToken cancellationToken)
    {
        await cluster.Metadata.GetTopicAsync(name.Topic, cluster.Options.ApiTimeout, cancellationToken);
        return cluster.Metadata.Current.Find(name) switch
        {
            null => throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"Topic '{name.Topic}' has no partition {name.Partition}.") { IsRetriable = false, Partition = name },
            { HasLeader: true } partition => cluster.Brokers.Find(partition.Leader),
            _ => throw new KafkaException(ErrorCode.LeaderNotAvailable, $"{name} has no leader at present.") { Partition = name },
        };
    }

    private async Task<int> ControllerAsync(CancellationToken cancellationToken)
    {
        var current = await cluster.Metadata.GetClusterAsync(cluster.Options.ApiTimeout, cancellationToken);
        return current.Nodes.ContainsKey(current.ControllerId) ? current.ControllerId : await cluster.AnyNodeAsync(cancellationToken);
    }

    private KafkaTimeoutException Late(string what, KafkaException? last) => new(
        $"{what} was not done within {cluster.Options.ApiTimeout.TotalMilliseconds} ms. {last?.Message ?? "No broker answered."} Whether a request took effect is not known.", last);
}
