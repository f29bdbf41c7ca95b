using Spate.Client.Administration.Calls;
using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Looks after partitions: their offsets, leaders and replicas. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.</summary>
public sealed class PartitionAdmin
{
    /// <summary>Stands for the end in <see cref="DeleteRecordsAsync"/>: all records that are committed.</summary>
    public const long AllRecords = -1;

    private const short FirstListOffsetsWithIsolation = 2;
    private const short FirstElectionOfAType = 1;
    private const int OrdinaryConsumer = -1;

    private readonly AdminCalls _calls;

    internal PartitionAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Offsets of partitions: the ends of their logs, or those of times (ListOffsets). Asked at their leaders; no topic is created by asking.</summary>
    /// <param name="specs">What is asked for of each partition.</param>
    /// <param name="isolation">Whether the latest offset is the one behind the last record, or before the first open transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, IsolationLevel isolation = IsolationLevel.ReadUncommitted, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(specs);
        Arguments.Check(specs.Keys, nameof(specs));
        return new ItemCall<TopicPartition, AdminResult<ListedOffset>>(_calls, ApiKey.ListOffsets)
        {
            Route = _calls.Routes.ToLeadersAsync,
            Again = RetryRules.Passing,
            Ask = async (node, partitions, token) =>
            {
                var newest = partitions.Select(partition => specs[partition]).MaxBy(static spec => spec.LowestVersion);
                var lowest = Math.Max(newest.LowestVersion, isolation == IsolationLevel.ReadCommitted ? FirstListOffsetsWithIsolation : (short)0);
                var version = await _calls.VersionAsync(node, ApiKey.ListOffsets, token, lowest, newest.ToString()).ConfigureAwait(false);
                var request = new ListOffsetsRequest
                {
                    ReplicaId = OrdinaryConsumer,
                    IsolationLevel = (sbyte)isolation,
                    TimeoutMs = _calls.TimeoutMs,
                    Topics = partitions.ByTopic((topic, ofTopic) => new ListOffsetsRequest.ListOffsetsTopic
                    {
                        Name = topic,
                        Partitions =
                        [
                            .. ofTopic.Select(partition => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition.Partition, Timestamp = specs[partition].Timestamp }),
                        ],
                    }),
                };
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var answers = new Answers(ApiKey.ListOffsets, _calls.NameOf(node));
                return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Found: partition))
                    .ToResults(static each => each.Name, each => answers.Of(
                        new ListedOffset(each.Found.Offset >= 0 ? each.Found.Offset : null, TimeOf(each.Found.Timestamp), each.Found.LeaderEpoch >= 0 ? each.Found.LeaderEpoch : null),
                        each.Found.ErrorCode,
                        each.Name));
            },
        }.RunAsync(specs.Keys, cancellationToken);
    }

    /// <summary>Deletes the records before offsets (DeleteRecords). What is deleted cannot be read again, and makes room on the disk when a whole segment is gone.</summary>
    /// <param name="before">The first offset of each partition that is kept, or <see cref="AllRecords"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition the first offset that it has now.</returns>
    /// <exception cref="ArgumentException">A topic has no name, an index is negative, or an offset is below -1.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<long>>> DeleteRecordsAsync(IReadOnlyDictionary<TopicPartition, long> before, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        Arguments.Check(before.Keys, nameof(before));
        foreach (var offset in before.Values)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(offset, AllRecords, nameof(before));
        }

        return new ItemCall<TopicPartition, AdminResult<long>>(_calls, ApiKey.DeleteRecords)
        {
            Route = _calls.Routes.ToLeadersAsync,
            Again = RetryRules.Passing,
            Ask = async (node, partitions, token) =>
            {
                var request = new DeleteRecordsRequest
                {
                    TimeoutMs = _calls.TimeoutMs,
                    Topics = partitions.ByTopic((topic, ofTopic) => new DeleteRecordsRequest.DeleteRecordsTopic
                    {
                        Name = topic,
                        Partitions = [.. ofTopic.Select(partition => new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = partition.Partition, Offset = before[partition] })],
                    }),
                };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DeleteRecords, _calls.NameOf(node));
                return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Done: partition))
                    .ToResults(static each => each.Name, each => answers.Of(each.Done.LowWatermark, each.Done.ErrorCode, each.Name));
            },
        }.RunAsync(before.Keys, cancellationToken);
    }

    /// <summary>The producers that partitions remember, with their open transactions (DescribeProducers, KIP-664): brokers since Kafka 2.8.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="broker">Whose memory; null, the default, for that of each partition's leader.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<IReadOnlyList<ActiveProducer>>>> DescribeProducersAsync(
        IReadOnlyCollection<TopicPartition> partitions, int? broker = null, CancellationToken cancellationToken = default)
    {
        Arguments.Check(partitions, nameof(partitions));
        return new ItemCall<TopicPartition, AdminResult<IReadOnlyList<ActiveProducer>>>(_calls, ApiKey.DescribeProducers)
        {
            Route = broker is { } named ? (wanted, token) => _calls.Routes.ToNamedAsync(wanted, _ => named, token) : _calls.Routes.ToLeadersAsync,
            Again = RetryRules.Passing,
            Ask = async (node, wanted, token) =>
            {
                var request = new DescribeProducersRequest
                {
                    Topics = wanted.ByTopic(static (topic, ofTopic) => new DescribeProducersRequest.TopicRequest { Name = topic, PartitionIndexes = ofTopic.Indexes() }),
                };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DescribeProducers, _calls.NameOf(node));
                return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Found: partition))
                    .ToResults(static each => each.Name, each => answers.Of<IReadOnlyList<ActiveProducer>>(
                        [.. each.Found.ActiveProducers.Select(Describe)], each.Found.ErrorCode, each.Name, each.Found.ErrorMessage));
            },
        }.RunAsync(partitions, cancellationToken);
    }

    /// <summary>Has leaders elected (ElectLeaders, KIP-460).</summary>
    /// <param name="type">Which replica is to lead.</param>
    /// <param name="partitions">The partitions; null for all there are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition whether its leader was elected; ELECTION_NOT_NEEDED when the one wanted leads already. Asked for all, only those that needed it.</returns>
    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused the whole.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> ElectLeadersAsync(
        ElectionType type, IReadOnlyCollection<TopicPartition>? partitions, CancellationToken cancellationToken = default)
    {
        Arguments.Check(partitions ?? [], nameof(partitions));
        return partitions is null
            ? _calls.RetryAsync(nameof(ApiKey.ElectLeaders), async token => await ElectAsync(await _calls.Routes.ControllerAsync(token).ConfigureAwait(false), type, null, token).ConfigureAwait(false), cancellationToken)
            : new ItemCall<TopicPartition, AdminResult>(_calls, ApiKey.ElectLeaders)
            {
                Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, _calls.Routes.ControllerAsync(token)),
                Again = RetryRules.NotDecided,
                Ask = (node, wanted, token) => ElectAsync(node, type, wanted, token),
            }.RunAsync(partitions, cancellationToken);
    }

    /// <summary>Moves partitions to other brokers, or gives up their moves (AlterPartitionReassignments, KIP-455): brokers since Kafka 2.4. The moves go on when the call has ended.</summary>
    /// <param name="replicas">The brokers that each partition shall have, the preferred leader first; null to give up its move.</param>
    /// <param name="allowReplicationFactorChange">Whether there may be more or fewer brokers than now (KIP-860); false needs AlterPartitionReassignments version 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused the whole.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterReassignmentsAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<int>?> replicas, bool allowReplicationFactorChange = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        Arguments.Check(replicas.Keys, nameof(replicas));
        return new ItemCall<TopicPartition, AdminResult>(_calls, ApiKey.AlterPartitionReassignments)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = async (node, wanted, token) =>
            {
                var request = new AlterPartitionReassignmentsRequest
                {
                    TimeoutMs = _calls.TimeoutMs,
                    AllowReplicationFactorChange = allowReplicationFactorChange,
                    Topics = wanted.ByTopic((topic, ofTopic) => new AlterPartitionReassignmentsRequest.ReassignableTopic
                    {
                        Name = topic,
                        Partitions =
                        [
                            .. ofTopic.Select(partition => new AlterPartitionReassignmentsRequest.ReassignablePartition { PartitionIndex = partition.Partition, Replicas = replicas[partition]?.ToList() }),
                        ],
                    }),
                };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.AlterPartitionReassignments, _calls.NameOf(node));
                answers.ThrowIfFailed(reply.Message.ErrorCode, said: reply.Message.ErrorMessage);
                return reply.Message.Responses.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Done: partition))
                    .ToResults(static each => each.Name, each => answers.Of(each.Done.ErrorCode, each.Name, each.Done.ErrorMessage));
            },
        }.RunAsync(replicas.Keys, cancellationToken);
    }

    /// <summary>The moves of partitions that are under way (ListPartitionReassignments, KIP-455): brokers since Kafka 2.4.</summary>
    /// <param name="partitions">The partitions; null, the default, for all there are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those that are moving; the others are left out.</returns>
    /// <exception cref="ArgumentException">A topic has no name, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, PartitionReassignment>> ListReassignmentsAsync(
        IReadOnlyCollection<TopicPartition>? partitions = null, CancellationToken cancellationToken = default)
    {
        Arguments.Check(partitions ?? [], nameof(partitions));
        var request = new ListPartitionReassignmentsRequest
        {
            TimeoutMs = _calls.TimeoutMs,
            Topics = partitions?.ByTopic(static (topic, ofTopic) => new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics { Name = topic, PartitionIndexes = ofTopic.Indexes() }),
        };
        return _calls.RetryAsync(
            nameof(ApiKey.ListPartitionReassignments),
            async token =>
            {
                var node = await _calls.Routes.ControllerAsync(token).ConfigureAwait(false);
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                new Answers(ApiKey.ListPartitionReassignments, _calls.NameOf(node)).ThrowIfFailed(reply.Message.ErrorCode, said: reply.Message.ErrorMessage);
                return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), Move: partition))
                    .ToResults(static each => each.Name, static each => new PartitionReassignment(each.Move.Replicas, each.Move.AddingReplicas, each.Move.RemovingReplicas));
            },
            cancellationToken);
    }

    private async Task<IReadOnlyDictionary<TopicPartition, AdminResult>> ElectAsync(int node, ElectionType type, IReadOnlyList<TopicPartition>? partitions, CancellationToken cancellationToken)
    {
        var request = new ElectLeadersRequest
        {
            TimeoutMs = _calls.TimeoutMs,
            ElectionType = (sbyte)type,
            TopicPartitions = partitions?.ByTopic(static (topic, ofTopic) => new ElectLeadersRequest.ElectionTopic { Topic = topic, Partitions = ofTopic.Indexes() }),
        };
        var version = await _calls.VersionAsync(node, ApiKey.ElectLeaders, cancellationToken, type == ElectionType.Preferred ? (short)0 : FirstElectionOfAType, "an unclean election").ConfigureAwait(false);
        using var reply = await _calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        var answers = new Answers(ApiKey.ElectLeaders, _calls.NameOf(node));
        answers.ThrowIfFailed(reply.Message.ErrorCode);
        return reply.Message.ReplicaElectionResults.SelectMany(static topic => topic.PartitionResult, static (topic, partition) => (Name: new TopicPartition(topic.Topic, partition.PartitionId), Done: partition))
            .ToResults(static each => each.Name, each => answers.Of(each.Done.ErrorCode, each.Name, each.Done.ErrorMessage));
    }

    private static ActiveProducer Describe(DescribeProducersResponse.ProducerState producer) => new(
        producer.ProducerId,
        producer.ProducerEpoch,
        producer.LastSequence >= 0 ? producer.LastSequence : null,
        TimeOf(producer.LastTimestamp),
        producer.CoordinatorEpoch >= 0 ? producer.CoordinatorEpoch : null,
        producer.CurrentTxnStartOffset >= 0 ? producer.CurrentTxnStartOffset : null);

    private static DateTimeOffset? TimeOf(long milliseconds) => milliseconds >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
