using System.Globalization;
using Spate.Client.Errors;
using Spate.Protocol;

namespace Spate.Client.Producing;

/// <summary>
/// Finds out what keeps records of a partition from being delivered, when somebody has to be told that they were not: first what is so now (no leader, a broker that cannot be reached), then
/// what the last attempt was answered. Safe for use by several threads at once.
/// </summary>
internal sealed class ProducerObstacles(Cluster cluster)
{
    private volatile KafkaException? _ofAll;

    /// <summary>What keeps back every record, such as that there is no producer id yet; null when nothing does.</summary>
    public KafkaException? OfAll { get => _ofAll; set => _ofAll = value; }

    /// <summary>What is in the way of a partition's records.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="lastFailure">Why the last attempt to send them failed; null where none did.</param>
    /// <returns>Null where nothing is: they are just not sent or answered yet.</returns>
    public Obstacle? Of(TopicPartition partition, KafkaException? lastFailure)
    {
        var known = cluster.Metadata.Current;
        if (known.Find(partition) is not { HasLeader: true } led || !known.Nodes.ContainsKey(led.Leader))
        {
            return Leaderless(partition, lastFailure);
        }

        var name = known.NameOf(led.Leader);
        var link = cluster.Brokers.TryFind(led.Leader);
        if (link?.LastFailure is { } away)
        {
            return new Obstacle($"Broker {name} leads {partition}. {away.Message}", name, away);
        }

        if (OfAll is { } all)
        {
            return Obstacle.Of(all);
        }

        if (lastFailure is not null)
        {
            return Obstacle.Of(lastFailure);
        }

        return link switch
        {
            { OpenConnection: null } => new Obstacle($"Broker {name}, which leads {partition}, is being connected to, and nothing has come of it yet.", name, null),
            { OpenConnection.OwingFor: { } owing } => new Obstacle(
                string.Create(CultureInfo.InvariantCulture, $"Broker {name}, which leads {partition}, has not answered for {owing.TotalMilliseconds:0} ms."), name, null),
            _ => null,
        };
    }

    private Obstacle Leaderless(TopicPartition partition, KafkaException? lastFailure)
    {
        var cause = cluster.Metadata.LastFailure;
        var text = $"No broker is known to lead {partition}.";
        return cause is not null ? new Obstacle($"{text} {cause.Message}", cause.Broker, cause)
            : lastFailure is not null ? new Obstacle($"{text} The last that was heard: {Sentence.Of(lastFailure.Message)}", lastFailure.Broker, lastFailure)
            : new Obstacle($"{text} See to it that one of its replicas is up.", null, null);
    }
}
