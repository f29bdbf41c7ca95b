using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>The names behind the ids by which a group of the new protocol speaks of topics. Asked for when an id is new. Used by one task at a time.</summary>
internal sealed class TopicNames(CoordinatorCalls coordinator)
{
    private readonly Dictionary<Uuid, string> _names = [];
    private readonly Dictionary<string, Uuid> _ids = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>The id under which a topic was assigned.</summary>
    public Uuid IdOf(string topic)
    {
        lock (_gate)
        {
            return _ids[topic];
        }
    }

    /// <summary>The partitions of an assignment by name. Topics that nobody knows, such as one that has just been deleted, are left out.</summary>
    /// <exception cref="KafkaException">The cluster could not be asked.</exception>
    public Task<List<TopicPartition>> ResolveAsync(ConsumerGroupHeartbeatResponse.MemberAssignment assignment, CancellationToken cancellationToken) =>
        ResolveAsync([.. assignment.TopicPartitions.Select(static topic => (topic.TopicId, topic.Partitions))], cancellationToken);

    /// <inheritdoc cref="ResolveAsync(ConsumerGroupHeartbeatResponse.MemberAssignment, CancellationToken)"/>
    public async Task<List<TopicPartition>> ResolveAsync(IReadOnlyCollection<(Uuid TopicId, List<int> Partitions)> assignment, CancellationToken cancellationToken)
    {
        List<Uuid> unknown;
        lock (_gate)
        {
            unknown = [.. assignment.Select(static topic => topic.TopicId).Where(id => !_names.ContainsKey(id))];
        }

        if (unknown.Count > 0)
        {
            await LearnAsync(unknown, cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            return
            [
                .. assignment
                    .Where(topic => _names.ContainsKey(topic.TopicId))
                    .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(_names[topic.TopicId], partition))),
            ];
        }
    }

    private async Task LearnAsync(List<Uuid> unknown, CancellationToken cancellationToken)
    {
        using var reply = await coordinator.AskAnyAsync<MetadataRequest, MetadataResponse>(
            _ => new MetadataRequest { Topics = unknown.ConvertAll(static id => new MetadataRequest.MetadataRequestTopic { TopicId = id, Name = null }) }, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var topic in reply.Message.Topics)
            {
                if (topic is { ErrorCode: ErrorCode.None, Name: { Length: > 0 } name })
                {
                    _names[topic.TopicId] = name;
                    _ids[name] = topic.TopicId;
                }
            }
        }
    }
}
