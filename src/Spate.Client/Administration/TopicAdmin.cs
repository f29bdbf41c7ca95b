using Spate.Client.Administration.Calls;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Looks after topics. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.</summary>
public sealed class TopicAdmin
{
    /// <summary>The first version that takes -1 for the broker's own number of partitions or replicas (KIP-464).</summary>
    private const short FirstCreationByDefaults = 4;

    /// <summary>The newest version of DeleteTopics that names topics in a plain list, which every broker since Kafka 2.1 knows in one version or another.</summary>
    private const short LastDeletionByNames = 5;

    private const short FirstDeletionByIds = 6;

    private readonly AdminCalls _calls;
    private readonly TopicDescribing _describing;

    internal TopicAdmin(AdminCalls calls) => (_calls, _describing) = (calls, new TopicDescribing(calls));

    /// <summary>All topics, by their names.</summary>
    /// <param name="includeInternal">Whether to name those that belong to the brokers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyList<TopicListing>> ListAsync(bool includeInternal = false, CancellationToken cancellationToken = default) =>
        _calls.RetryAsync<IReadOnlyList<TopicListing>>(
            nameof(ApiKey.Metadata),
            async token =>
            {
                using var reply = await _calls.AskAsync(await _calls.Routes.AnyAsync(token).ConfigureAwait(false), new MetadataRequest { Topics = null }, token).ConfigureAwait(false);
                return
                [
                    .. reply.Message.Topics
                        .Where(topic => topic.Name is not null && (includeInternal || !topic.IsInternal))
                        .Select(static topic => new TopicListing(topic.Name!, topic.TopicId, topic.IsInternal))
                        .OrderBy(static topic => topic.Name, StringComparer.Ordinal),
                ];
            },
            cancellationToken);

    /// <summary>
    /// Topics with their partitions. None is created by asking. They are asked for page by page (KIP-966), and all at once where the broker knows no pages.
    /// </summary>
    /// <param name="names">The names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> DescribeAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken = default) =>
        _describing.RunAsync(Arguments.Names(names, nameof(names)), cancellationToken);

    /// <summary>Topics with their partitions, found by their ids: it takes Metadata version 12.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked, or it is too old.</exception>
    public Task<IReadOnlyDictionary<Uuid, AdminResult<TopicDescription>>> DescribeAsync(IReadOnlyCollection<Uuid> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _describing.RunAsync(ids, cancellationToken);
    }

    /// <summary>Creates topics (CreateTopics).</summary>
    /// <param name="topics">The topics, each named once.</param>
    /// <param name="validateOnly">Checks everything and creates nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice, or a topic has both assignments and counts.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<CreatedTopic>>> CreateAsync(
        IReadOnlyCollection<NewTopic> topics, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        var byName = Arguments.ByName(topics, static topic => topic.Name, nameof(topics));
        foreach (var topic in byName.Values.Where(static topic => topic.Assignments is not null && (topic.Partitions is not null || topic.ReplicationFactor is not null)))
        {
            throw new ArgumentException($"Topic '{topic.Name}' names the brokers of its partitions, which leaves nothing for counts of partitions and replicas to say.", nameof(topics));
        }

        return new ItemCall<string, AdminResult<CreatedTopic>>(_calls, ApiKey.CreateTopics)
        {
            Route = (names, token) => AdminRoutes.ToOneAsync(names, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = async (node, names, token) =>
            {
                var request = new CreateTopicsRequest { TimeoutMs = _calls.TimeoutMs, ValidateOnly = validateOnly, Topics = [.. names.Select(name => Creation(byName[name]))] };
                var needsDefaults = request.Topics.Exists(static topic => topic.Assignments.Count == 0 && (topic.NumPartitions < 0 || topic.ReplicationFactor < 0));
                var version = await _calls.VersionAsync(
                    node, ApiKey.CreateTopics, token, needsDefaults ? FirstCreationByDefaults : (short)0, "a topic with the broker's own numbers of partitions and replicas").ConfigureAwait(false);
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var answers = new Answers(ApiKey.CreateTopics, _calls.NameOf(node));
                return reply.Message.Topics.ToResults(
                    static topic => topic.Name,
                    topic => answers.Of(
                        new CreatedTopic(topic.TopicId, topic.NumPartitions >= 0 ? topic.NumPartitions : null, topic.ReplicationFactor >= 0 ? topic.ReplicationFactor : null),
                        topic.ErrorCode,
                        $"topic '{topic.Name}'",
                        topic.ErrorMessage));
            },
        }.RunAsync(byName.Keys, cancellationToken);
    }

    /// <summary>Deletes topics with all their records (DeleteTopics).</summary>
    /// <param name="names">The names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken = default) =>
        new ItemCall<string, AdminResult>(_calls, ApiKey.DeleteTopics)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = async (node, wanted, token) =>
            {
                var request = new DeleteTopicsRequest { TimeoutMs = _calls.TimeoutMs, TopicNames = [.. wanted] };
                using var reply = await _calls.AskAsync(node, request, token, LastDeletionByNames).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DeleteTopics, _calls.NameOf(node));
                return reply.Message.Responses.ToResults(
                    static topic => topic.Name ?? "", topic => answers.Of(topic.ErrorCode, $"topic '{topic.Name}'", topic.ErrorMessage));
            },
        }.RunAsync(Arguments.Names(names, nameof(names)), cancellationToken);

    /// <summary>Deletes topics, found by their ids, so that none is deleted that was made anew under the same name: it takes DeleteTopics version 6, of Kafka 2.8.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked, or it is too old.</exception>
    public Task<IReadOnlyDictionary<Uuid, AdminResult>> DeleteAsync(IReadOnlyCollection<Uuid> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new ItemCall<Uuid, AdminResult>(_calls, ApiKey.DeleteTopics)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = async (node, wanted, token) =>
            {
                var version = await _calls.VersionAsync(node, ApiKey.DeleteTopics, token, FirstDeletionByIds, "a deletion by topic id").ConfigureAwait(false);
                var request = new DeleteTopicsRequest { TimeoutMs = _calls.TimeoutMs, Topics = [.. wanted.Select(static id => new DeleteTopicsRequest.DeleteTopicState { TopicId = id })] };
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DeleteTopics, _calls.NameOf(node));
                return reply.Message.Responses.ToResults(
                    static topic => topic.TopicId, topic => answers.Of(topic.ErrorCode, $"the topic of id {topic.TopicId}", topic.ErrorMessage));
            },
        }.RunAsync(ids, cancellationToken);
    }

    /// <summary>Adds partitions to topics (CreatePartitions).</summary>
    /// <param name="topics">The topics, each named once.</param>
    /// <param name="validateOnly">Checks everything and adds nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult>> AddPartitionsAsync(
        IReadOnlyCollection<NewPartitions> topics, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        var byName = Arguments.ByName(topics, static topic => topic.Topic, nameof(topics));
        return new ItemCall<string, AdminResult>(_calls, ApiKey.CreatePartitions)
        {
            Route = (names, token) => AdminRoutes.ToOneAsync(names, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = async (node, names, token) =>
            {
                var request = new CreatePartitionsRequest { TimeoutMs = _calls.TimeoutMs, ValidateOnly = validateOnly, Topics = [.. names.Select(name => Addition(byName[name]))] };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.CreatePartitions, _calls.NameOf(node));
                return reply.Message.Results.ToResults(
                    static topic => topic.Name, topic => answers.Of(topic.ErrorCode, $"topic '{topic.Name}'", topic.ErrorMessage));
            },
        }.RunAsync(byName.Keys, cancellationToken);
    }

    private static CreateTopicsRequest.CreatableTopic Creation(NewTopic topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions ?? -1,
        ReplicationFactor = topic.ReplicationFactor ?? -1,
        Assignments =
        [
            .. (topic.Assignments ?? []).Select(static (brokers, index) => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = index, BrokerIds = [.. brokers] }),
        ],
        Configs = [.. topic.Configs.Select(static pair => new CreateTopicsRequest.CreatableTopicConfig { Name = pair.Key, Value = pair.Value })],
    };

    private static CreatePartitionsRequest.CreatePartitionsTopic Addition(NewPartitions topic) => new()
    {
        Name = topic.Topic,
        Count = topic.Count,
        Assignments = topic.Assignments?.Select(static brokers => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = [.. brokers] }).ToList(),
    };
}
