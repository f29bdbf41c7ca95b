using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Metadata;

/// <summary>
/// Asks the cluster for its picture: any node that is known, and when none of them answers, the bootstrap addresses anew (KIP-899). Used by
/// one loop at a time.
/// </summary>
internal sealed class MetadataSource(KafkaClientOptions options, IReadOnlyList<ServerAddress> bootstrap, BrokerPool pool, Chance chance, ClientWatch watch) : IAsyncDisposable
{
    private const short FirstVersionWithoutAutoCreation = 4;

    private readonly Dictionary<ServerAddress, BrokerLink> _bootstrapLinks = [];
    private int _rebootstraps;

    /// <param name="before">The picture so far.</param>
    /// <param name="named">Topics that brokers may create, if the options let them.</param>
    /// <param name="found">Topics that they must not create.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KafkaException">Nobody answered; the message names everybody who was asked, and why not.</exception>
    public async Task<MetadataResponse> AskAsync(ClusterMetadata before, IReadOnlyCollection<string> named, IReadOnlyCollection<string> found, CancellationToken cancellationToken)
    {
        List<MetadataRequest> requests = (options.AllowAutoCreateTopics, named.Count, found.Count) switch
        {
            (false, _, _) => [About([.. named, .. found], mayCreate: false)],
            (_, _, 0) => [About(named, mayCreate: true)],
            (_, 0, _) => [About(found, mayCreate: false)],
            _ => [About(named, mayCreate: true), About(found, mayCreate: false)],
        };
        var failures = new List<KafkaException>();
        foreach (var node in InOrder(before.Nodes.Values.Select(static node => node.Id)).OrderBy(LoadOf))
        {
            try
            {
                if (await AskAsync(pool.Find(node), requests, cancellationToken).ConfigureAwait(false) is { } told)
                {
                    _rebootstraps = 0;
                    return told;
                }

                break;
            }
            catch (KafkaException failure) when (!failure.IsFatal)
            {
                failures.Add(failure);
            }
            catch (ObjectDisposedException closed) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(new KafkaConnectionException($"Broker {before.NameOf(node)} has left the cluster or moved while it was asked.", closed) { Broker = before.NameOf(node) });
            }
        }

        if (before.Nodes.Count > 0 && ClientWatch.IsWorthTelling(++_rebootstraps))
        {
            watch.MetadataLog.Rebootstrap(before.Nodes.Count, _rebootstraps);
        }

        foreach (var address in InOrder(bootstrap))
        {
            try
            {
                if (await AskAsync(LinkTo(address), requests, cancellationToken).ConfigureAwait(false) is { } told)
                {
                    await ForgetBootstrapAsync().ConfigureAwait(false);
                    return told;
                }
            }
            catch (KafkaException failure) when (!failure.IsFatal)
            {
                failures.Add(failure);
            }
        }

        throw Nobody(failures);
    }

    public async ValueTask DisposeAsync() => await ForgetBootstrapAsync().ConfigureAwait(false);

    private static MetadataRequest About(IEnumerable<string> topics, bool mayCreate) => new()
    {
        Topics = [.. topics.Select(static topic => new MetadataRequest.MetadataRequestTopic { Name = topic })],
        AllowAutoTopicCreation = mayCreate,
    };

    /// <summary>The answers to all of the requests in one. Null when the node wants the client to begin anew at the bootstrap addresses (KIP-1102).</summary>
    private async Task<MetadataResponse?> AskAsync(BrokerLink link, List<MetadataRequest> requests, CancellationToken cancellationToken)
    {
        MetadataResponse? whole = null;
        foreach (var request in requests)
        {
            if (await AskAsync(link, request, cancellationToken).ConfigureAwait(false) is not { } told)
            {
                return null;
            }

            whole?.Topics.AddRange(told.Topics);
            whole ??= told;
        }

        return whole;
    }

    private async Task<MetadataResponse?> AskAsync(BrokerLink link, MetadataRequest request, CancellationToken cancellationToken)
    {
        if (!options.AllowAutoCreateTopics)
        {
            var connection = await link.ConnectAsync(cancellationToken).ConfigureAwait(false);
            if (connection.Versions.Choose(ApiKey.Metadata) < FirstVersionWithoutAutoCreation)
            {
                throw new KafkaException(ErrorCode.UnsupportedVersion, $"Broker {link.Name} is too old to be asked for topics without creating them. Set AllowAutoCreateTopics, or upgrade the broker.") { Broker = link.Name };
            }
        }

        using var reply = await link.AskAsync(request, options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        var response = reply.Message;
        if (response.ErrorCode == ErrorCode.RebootstrapRequired)
        {
            return null;
        }

        if (response.ErrorCode != ErrorCode.None)
        {
            throw BrokerFailure.Of(response.ErrorCode, ApiKey.Metadata, link.Name);
        }

        return response.Brokers.Count > 0
            ? response
            : throw new KafkaException(ErrorCode.BrokerNotAvailable, $"Broker {link.Name} does not know of any broker yet; it is probably still starting.") { IsRetriable = true, Broker = link.Name };
    }

    private BrokerLink LinkTo(ServerAddress address)
    {
        if (!_bootstrapLinks.TryGetValue(address, out var link))
        {
            link = new BrokerLink(address, nodeId: null, options, chance, watch);
            _bootstrapLinks.Add(address, link);
        }

        return link;
    }

    /// <summary>Once the cluster is known its own addresses are used; these connections are not needed again.</summary>
    private async Task ForgetBootstrapAsync()
    {
        foreach (var link in _bootstrapLinks.Values)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }

        _bootstrapLinks.Clear();
    }

    /// <summary>Those who are connected to and owe the fewest answers come first: one that is away or has frozen would keep the others from being asked.</summary>
    private int LoadOf(int nodeId) => pool.TryFind(nodeId)?.OpenConnection?.InFlight ?? int.MaxValue;

    private T[] InOrder<T>(IEnumerable<T> all)
    {
        var shuffled = all.ToArray();
        chance.Shuffle(shuffled.AsSpan());
        return shuffled;
    }

    private static KafkaException Nobody(List<KafkaException> failures)
    {
        // As long as one of them may come back there is hope, and it is told what is wrong with each; otherwise the first says why there is none.
        return failures.Count > 0 && failures.TrueForAll(static failure => !failure.IsRetriable) ? failures[0] : new KafkaConnectionException(
            $"No broker of the cluster could be reached. {string.Join(' ', failures.Select(static failure => failure.Message).Distinct(StringComparer.Ordinal))}",
            failures.Count > 0 ? failures[^1] : null);
    }
}
