using Spate.Client.Administration.Calls;
using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Looks after transactions and the ids that they go by. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.</summary>
public sealed class TransactionAdmin
{
    private const short FirstListByDuration = 1;
    private const short FirstListByPattern = 2;

    /// <summary>No transaction is begun with the epoch that shuts others out: how long one might take matters to nobody.</summary>
    private const int ShortestTimeoutMs = 1;

    private readonly AdminCalls _calls;

    internal TransactionAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>The transactional ids of the cluster, in their order (ListTransactions, KIP-664): brokers since Kafka 3.0. Every broker is asked about those that it coordinates.</summary>
    /// <param name="options">Which ids; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<ClusterListing<TransactionListing>> ListAsync(ListTransactionsOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ListTransactionsRequest
        {
            StateFilters = [.. (options?.States ?? []).Select(static state => state.ToString())],
            ProducerIdFilters = [.. options?.ProducerIds ?? []],
            DurationFilter = options?.LongerThan is { } duration ? Math.Max(0, (long)duration.TotalMilliseconds) : -1,
            TransactionalIdPattern = options?.Pattern,
        };
        var (lowest, need) = request.TransactionalIdPattern is not null ? (FirstListByPattern, "a list by pattern") : request.DurationFilter >= 0 ? (FirstListByDuration, "a list by duration") : ((short)0, "a list");
        var answers = await new ItemCall<int, AdminResult<List<TransactionListing>>>(_calls, ApiKey.ListTransactions)
        {
            Route = (brokers, token) => _calls.Routes.ToNamedAsync(brokers, static broker => broker, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, _, token) =>
            {
                var version = await _calls.VersionAsync(node, ApiKey.ListTransactions, token, lowest, need).ConfigureAwait(false);
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var found = reply.Message.TransactionStates.ConvertAll(static each => new TransactionListing(each.TransactionalId, each.ProducerId, CoordinatorWords.TransactionStateOf(each.TransactionState)));
                return new Dictionary<int, AdminResult<List<TransactionListing>>> { [node] = new Answers(ApiKey.ListTransactions, _calls.NameOf(node)).Of(found, reply.Message.ErrorCode, "its transactional ids") };
            },
        }.RunAsync(await _calls.AllBrokersAsync(nameof(ApiKey.ListTransactions), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        // While an id moves, two brokers may tell of it.
        return new ClusterListing<TransactionListing>(
            [.. answers.Values.Where(static answer => answer.IsSuccess).SelectMany(static answer => answer.Value).DistinctBy(static each => each.TransactionalId).OrderBy(static each => each.TransactionalId, StringComparer.Ordinal)],
            answers.Where(static pair => !pair.Value.IsSuccess).ToResults(static pair => pair.Key, static pair => pair.Value.Error!));
    }

    /// <summary>Transactional ids in detail (DescribeTransactions, KIP-664): brokers since Kafka 3.0. Each is asked about at its coordinator.</summary>
    /// <param name="transactionalIds">The ids, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each id its description; TRANSACTIONAL_ID_NOT_FOUND when it is not known.</returns>
    /// <exception cref="ArgumentException">An id is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<TransactionDescription>>> DescribeAsync(
        IReadOnlyCollection<string> transactionalIds, CancellationToken cancellationToken = default) =>
        new ItemCall<string, AdminResult<TransactionDescription>>(_calls, ApiKey.DescribeTransactions)
        {
            Route = (ids, token) => _calls.Routes.ToCoordinatorsAsync(CoordinatorType.Transaction, ids, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, ids, token) =>
            {
                using var reply = await _calls.AskAsync(node, new DescribeTransactionsRequest { TransactionalIds = [.. ids] }, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DescribeTransactions, _calls.NameOf(node));
                return reply.Message.TransactionStates.ToResults(
                    static each => each.TransactionalId, each => answers.Of(Describe(each, node), each.ErrorCode, $"transactional id '{each.TransactionalId}'"));
            },
        }.RunAsync(Arguments.Names(transactionalIds, nameof(transactionalIds)), cancellationToken);

    /// <summary>
    /// Has a partition abort a transaction that hangs: its coordinator has forgotten it, and readers of committed records wait for it in vain (WriteTxnMarkers,
    /// KIP-664). One that a coordinator still knows is better left to it.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">The partition's leader refused, or could not be asked.</exception>
    public async Task AbortAsync(HangingTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Arguments.Check([transaction.Partition], nameof(transaction));
        var results = await new ItemCall<TopicPartition, AdminResult>(_calls, ApiKey.WriteTxnMarkers)
        {
            Route = _calls.Routes.ToLeadersAsync,
            Again = RetryRules.Passing,
            Ask = async (node, partitions, token) =>
            {
                var request = new WriteTxnMarkersRequest
                {
                    Markers =
                    [
                        new WriteTxnMarkersRequest.WritableTxnMarker
                        {
                            ProducerId = transaction.ProducerId,
                            ProducerEpoch = transaction.ProducerEpoch,
                            TransactionResult = false,
                            CoordinatorEpoch = transaction.CoordinatorEpoch,
                            Topics = partitions.ByTopic(static (topic, ofTopic) => new WriteTxnMarkersRequest.WritableTxnMarkerTopic { Name = topic, PartitionIndexes = ofTopic.Indexes() }),
                        },
                    ],
                };
                using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.WriteTxnMarkers, _calls.NameOf(node));
                return reply.Message.Markers.SelectMany(static marker => marker.Topics)
                    .SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode))
                    .ToResults(static each => each.Name, each => answers.Of(each.ErrorCode, each.Name));
            },
        }.RunAsync([transaction.Partition], cancellationToken).ConfigureAwait(false);
        results[transaction.Partition].ThrowIfFailed();
    }

    /// <summary>
    /// Shuts out the producers that use transactional ids now, and aborts what they have open (InitProducerId, KIP-588): before others take their place, and for those
    /// that are lost.
    /// </summary>
    /// <param name="transactionalIds">The ids, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An id is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<FencedProducer>>> FenceProducersAsync(
        IReadOnlyCollection<string> transactionalIds, CancellationToken cancellationToken = default) =>
        new ItemCall<string, AdminResult<FencedProducer>>(_calls, ApiKey.InitProducerId)
        {
            Route = (ids, token) => _calls.Routes.ToCoordinatorsAsync(CoordinatorType.Transaction, ids, token),
            Again = static failure => RetryRules.CoordinatorMoved(failure) || failure.ErrorCode == ErrorCode.ConcurrentTransactions,
            Ask = async (node, ids, token) =>
                (await Task.WhenAll(ids.Select(id => FenceAsync(node, id, token))).ConfigureAwait(false)).ToResults(static each => each.Id, static each => each.Result),
        }.RunAsync(Arguments.Names(transactionalIds, nameof(transactionalIds)), cancellationToken);

    private async Task<(string Id, AdminResult<FencedProducer> Result)> FenceAsync(int node, string id, CancellationToken cancellationToken)
    {
        using var reply = await _calls.AskAsync(node, new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = ShortestTimeoutMs }, cancellationToken).ConfigureAwait(false);
        var message = reply.Message;
        return (id, new Answers(ApiKey.InitProducerId, _calls.NameOf(node)).Of(new FencedProducer(message.ProducerId, message.ProducerEpoch), message.ErrorCode, $"transactional id '{id}'"));
    }

    private static TransactionDescription Describe(DescribeTransactionsResponse.DescribedTransaction transaction, int node) => new(
        transaction.TransactionalId,
        node,
        CoordinatorWords.TransactionStateOf(transaction.TransactionState),
        transaction.ProducerId,
        transaction.ProducerEpoch,
        TimeSpan.FromMilliseconds(transaction.TransactionTimeoutMs),
        transaction.TransactionStartTimeMs >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(transaction.TransactionStartTimeMs) : null,
        [.. transaction.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => new TopicPartition(topic.Topic, partition))]);
}
