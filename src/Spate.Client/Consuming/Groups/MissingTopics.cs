using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Says which of the topics that a member has named it cannot have: in the log while that may pass, since a topic may be created later, and by the enumeration where it will not. Each is said once, until it
/// is another. Used by one loop.
/// </summary>
internal sealed class MissingTopics(Cluster cluster, string groupId, Action<KafkaException> tell)
{
    private readonly Dictionary<string, ErrorCode> _said = new(StringComparer.Ordinal);

    /// <summary>Looks at the picture of the cluster as it is now.</summary>
    public void Look(IReadOnlyCollection<string> subscribed)
    {
        foreach (var topic in subscribed)
        {
            if (!cluster.Metadata.Current.Topics.TryGetValue(topic, out var known) || _said.GetValueOrDefault(topic) == known.Error)
            {
                continue;
            }

            _said[topic] = known.Error;
            if (known.Error == ErrorCode.None)
            {
                continue;
            }

            var failure = BrokerFailure.Of(known.Error, ApiKey.Metadata, broker: null, $"topic '{topic}', which group '{groupId}' subscribes to,");
            cluster.Watch.ConsumerLog.Missing(topic, groupId, failure.Message);
            if (!failure.IsRetriable)
            {
                tell(failure);
            }
        }
    }
}
