using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>
/// Asks which broker looks after a group or a transactional id (FindCoordinator). Any broker is asked, once: who asks decides whether to ask again, and
/// for how long to believe the answer. Safe for use by several threads at once.
/// </summary>
internal sealed class CoordinatorLookup(Cluster cluster)
{
    /// <summary>From this version on a request names as many keys as it likes (KIP-699).</summary>
    private const short FirstVersionOfManyKeys = 4;

    /// <summary>The coordinator of one key.</summary>
    /// <exception cref="KafkaException">No broker could be asked, or there is no coordinator: retriable while it is being chosen or moved.</exception>
    public async Task<int> FindAsync(CoordinatorType type, string key, CancellationToken cancellationToken) =>
        (await FindAsync(type, [key], cancellationToken).ConfigureAwait(false))[key].NodeId;

    /// <summary>The coordinators of keys, each named once; one request for all of them, or one for each where the broker is older than Kafka 3.0.</summary>
    /// <returns>An answer for every key.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyDictionary<string, FoundBroker>> FindAsync(CoordinatorType type, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var link = cluster.Brokers.Find(await cluster.AnyNodeAsync(cancellationToken).ConfigureAwait(false));
        var connection = await link.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var found = new Dictionary<string, FoundBroker>(StringComparer.Ordinal);
        if (connection.Versions.Choose(ApiKey.FindCoordinator) >= FirstVersionOfManyKeys)
        {
            await AskForAllAsync(link, type, keys, found, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await AskForEachAsync(link, type, keys, found, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    private async Task AskForAllAsync(BrokerLink link, CoordinatorType type, IReadOnlyCollection<string> keys, Dictionary<string, FoundBroker> found, CancellationToken cancellationToken)
    {
        var request = new FindCoordinatorRequest { KeyType = (sbyte)type, CoordinatorKeys = [.. keys] };
        using var reply = await link.AskAsync(request, cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        foreach (var coordinator in reply.Message.Coordinators)
        {
            found[coordinator.Key] = Answer(link, type, coordinator.Key, coordinator.ErrorCode, coordinator.ErrorMessage, coordinator.NodeId);
        }

        foreach (var key in keys)
        {
            found.TryAdd(key, Answer(link, type, key, ErrorCode.UnknownServerError, "nothing about this one", nodeId: -1));
        }
    }

    private async Task AskForEachAsync(BrokerLink link, CoordinatorType type, IReadOnlyCollection<string> keys, Dictionary<string, FoundBroker> found, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(keys.Select(async key =>
        {
            var request = new FindCoordinatorRequest { KeyType = (sbyte)type, Key = key };
            using var reply = await link.AskAsync(request, cluster.Options.RequestTimeout, cancellationToken, FirstVersionOfManyKeys - 1).ConfigureAwait(false);
            var message = reply.Message;
            return (key, Answer(link, type, key, message.ErrorCode, message.ErrorMessage, message.NodeId));
        })).ConfigureAwait(false);
        foreach (var (key, answer) in answers)
        {
            found[key] = answer;
        }
    }

    private static FoundBroker Answer(BrokerLink link, CoordinatorType type, string key, ErrorCode error, string? said, int nodeId)
    {
        var what = type switch
        {
            CoordinatorType.Group => $"group '{key}'",
            CoordinatorType.Transaction => $"transactional id '{key}'",
            _ => $"share partition '{key}'",
        };
        return error == ErrorCode.None
            ? new FoundBroker(nodeId)
            : new FoundBroker(BrokerFailure.Of(error, ApiKey.FindCoordinator, link.Name, what, partition: null, said));
    }
}
