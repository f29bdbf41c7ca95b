using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Asks single brokers, in versions that both sides speak, and again after what passes by itself until the time is up.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="timeout">How long a call may take, retries included.</param>
internal sealed class AdminCalls(Cluster cluster, TimeSpan timeout)
{
    /// <summary>With the default backoff what is missing is looked for for a second and a half.</summary>
    private const int AttemptsForTheUnknown = 5;

    public Cluster Cluster => cluster;

    public AdminRoutes Routes { get; } = new(cluster);

    /// <summary>What a broker is told about how long it may take.</summary>
    public int TimeoutMs => (int)Math.Min(cluster.Options.RequestTimeout.TotalMilliseconds, timeout.TotalMilliseconds);

    public CallTime Begin(string what, CancellationToken cancellationToken) => new(cluster, what, timeout, cancellationToken);

    /// <summary>All brokers of the cluster as it is now.</summary>
    /// <param name="what">The call that wants to ask them, for texts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked, within the time of a call.</exception>
    public Task<IReadOnlyList<int>> AllBrokersAsync(string what, CancellationToken cancellationToken) => RetryAsync(what, Routes.AllAsync, cancellationToken);

    /// <summary>A node as texts name it.</summary>
    public string NameOf(int node) => cluster.Metadata.Current.NameOf(node);

    public Task<Reply<TResponse>> AskAsync<TResponse>(
        int node, IRequestMessage<TResponse> request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponseMessage, new() => cluster.AskAsync(node, request, cancellationToken, highestVersion);

    /// <summary>The version in which a broker can be asked.</summary>
    /// <param name="node">The broker.</param>
    /// <param name="api">What is to be asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="lowest">The first version that can say what is wanted.</param>
    /// <param name="need">What that is, for the text.</param>
    /// <param name="highest">The highest version that the caller has words for.</param>
    /// <exception cref="KafkaException">The broker is too old: UNSUPPORTED_VERSION. Or there is no connection to be had.</exception>
    public async Task<short> VersionAsync(
        int node, ApiKey api, CancellationToken cancellationToken, short lowest = 0, string? need = null, short highest = short.MaxValue)
    {
        var link = cluster.Brokers.Find(node);
        var version = (await link.ConnectAsync(cancellationToken).ConfigureAwait(false)).Versions.Choose(api, highest);
        return version >= lowest
            ? version
            : throw new KafkaException(
                ErrorCode.UnsupportedVersion, $"Broker {link.Name} offers {api} up to version {version} only, and {need} needs version {lowest}. Upgrade the broker, or do without it.")
            {
                Broker = link.Name,
            };
    }

    /// <summary>Whether a broker offers an API in any version that is known here.</summary>
    /// <exception cref="KafkaException">There is no connection to be had.</exception>
    public async Task<bool> OffersAsync(int node, ApiKey api, CancellationToken cancellationToken) =>
        (await cluster.Brokers.Find(node).ConnectAsync(cancellationToken).ConfigureAwait(false)).Versions.Offers(api);

    /// <summary>Makes attempts until one succeeds, or fails for good, or the time is up.</summary>
    /// <exception cref="KafkaException">It failed for good, or was not done in time.</exception>
    public async Task<TResult> RetryAsync<TResult>(string what, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken)
    {
        using var time = Begin(what, cancellationToken);
        KafkaException? last = null;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await attempt(time.Token).ConfigureAwait(false);
            }
            catch (KafkaException failure) when (MayPass(failure, failures))
            {
                last = failure;
            }
            catch (OperationCanceledException) when (time.IsOver)
            {
                throw time.Late(last);
            }

            if (!await time.RestAsync(failures).ConfigureAwait(false))
            {
                throw time.Late(last);
            }
        }
    }

    /// <summary>
    /// Whether a failure may pass by itself. What a cluster does not know may have been made a moment ago, where not every broker has heard of it yet:
    /// it is asked for a few times, and then it is taken to be missing.
    /// </summary>
    public static bool MayPass(KafkaException failure, int failures) =>
        failure.IsRetriable
        && (failures < AttemptsForTheUnknown || failure.ErrorCode is not (ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.BrokerNotAvailable));
}
