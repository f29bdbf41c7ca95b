using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class TransactionAdminTests
{
    private static readonly TopicPartition First = new("t", 0);

    [Fact]
    public async Task Every_broker_lists_its_ids_and_one_that_is_too_old_for_a_filter_is_named()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        ListTransactionsRequest? asked = null;
        one.On<ListTransactionsRequest, ListTransactionsResponse>(ApiKey.ListTransactions, 0, 2, (request, _) =>
        {
            asked = request;
            return new ListTransactionsResponse { TransactionStates = [new() { TransactionalId = "b", ProducerId = 5, TransactionState = "Ongoing" }, new() { TransactionalId = "a", TransactionState = "Unheard" }] };
        });
        two.On<ListTransactionsRequest, ListTransactionsResponse>(ApiKey.ListTransactions, 0, 0, (_, _) => new ListTransactionsResponse { TransactionStates = [new() { TransactionalId = "c", TransactionState = "CompleteAbort" }] });
        await using var client = new KafkaClient(one.Address);
        var transactions = client.Admin.Transactions;

        var all = await transactions.ListAsync().OrTimeout("the list");
        Assert.Equal([new("a", 0, TransactionState.Unknown), new("b", 5, TransactionState.Ongoing), new TransactionListing("c", 0, TransactionState.CompleteAbort)], all.Items);
        Assert.Empty(all.Failures);

        var some = await transactions.ListAsync(new ListTransactionsOptions { States = [TransactionState.Ongoing], ProducerIds = [5], LongerThan = TimeSpan.FromSeconds(3), Pattern = "a.*" }).OrTimeout("the list");
        Assert.Equal(("Ongoing", 5, 3000, "a.*"), (asked!.StateFilters.Single(), asked.ProducerIdFilters.Single(), asked.DurationFilter, asked.TransactionalIdPattern));
        Assert.Equal(2, some.Items.Count);
        Assert.Contains("offers ListTransactions up to version 0 only, and a list by pattern needs version 2", some.Failures[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_are_described_at_their_coordinators()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker);
        var attempts = 0;
        broker.On<DescribeTransactionsRequest, DescribeTransactionsResponse>(ApiKey.DescribeTransactions, 0, 0, (request, _) => new DescribeTransactionsResponse
        {
            TransactionStates = request.TransactionalIds.ConvertAll(id => new DescribeTransactionsResponse.DescribedTransaction
            {
                TransactionalId = id,
                ErrorCode = ++attempts == 1 ? ErrorCode.NotCoordinator : id == "nowhere" ? ErrorCode.TransactionalIdNotFound : ErrorCode.None,
                TransactionState = "Ongoing",
                TransactionTimeoutMs = 60_000,
                TransactionStartTimeMs = 1_000,
                ProducerId = 7,
                ProducerEpoch = 2,
                Topics = [new() { Topic = "t", Partitions = [0] }],
            }),
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });

        var described = await client.Admin.Transactions.DescribeAsync(["a", "nowhere"]).OrTimeout("the description");

        var one = described["a"].Value;
        Assert.Equal(
            (1, TransactionState.Ongoing, 7, (short)2, TimeSpan.FromMinutes(1), DateTimeOffset.UnixEpoch.AddSeconds(1)),
            (one.Coordinator, one.State, one.ProducerId, one.ProducerEpoch, one.Timeout, one.StartTime!.Value));
        Assert.Equal([First], one.Partitions);
        Assert.Equal(ErrorCode.TransactionalIdNotFound, described["nowhere"].Error!.ErrorCode);
    }

    [Fact]
    public async Task A_transaction_that_hangs_is_aborted_at_the_leader_of_its_partition()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        fake.SetTopic("t", (2, 4));
        WriteTxnMarkersRequest? asked = null;
        two.On<WriteTxnMarkersRequest, WriteTxnMarkersResponse>(ApiKey.WriteTxnMarkers, 0, 1, (request, _) =>
        {
            asked = request;
            return new WriteTxnMarkersResponse
            {
                Markers = [new() { Topics = [new() { Name = "t", Partitions = [new() { ErrorCode = request.Markers[0].ProducerEpoch == 3 ? ErrorCode.None : ErrorCode.InvalidProducerEpoch }] }] }],
            };
        });
        await using var client = new KafkaClient(one.Address);

        await client.Admin.Transactions.AbortAsync(new HangingTransaction(First, 7, 3, 2)).OrTimeout("the abort");

        var marker = asked!.Markers.Single();
        Assert.Equal((7, (short)3, false, 2), (marker.ProducerId, marker.ProducerEpoch, marker.TransactionResult, marker.CoordinatorEpoch));
        var refused = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Transactions.AbortAsync(new HangingTransaction(First, 7, 2, 2)).OrTimeout("the refusal"));
        Assert.Equal((ErrorCode.InvalidProducerEpoch, First), (refused.ErrorCode, refused.Partition!.Value));
    }

    [Fact]
    public async Task Producers_are_shut_out_when_what_they_have_open_has_ended()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker);
        var attempts = new Dictionary<string, int>();
        broker.On<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, 5, (request, _) =>
        {
            var attempt = attempts[request.TransactionalId!] = attempts.GetValueOrDefault(request.TransactionalId!) + 1;
            Assert.Equal((-1, (short)-1), (request.ProducerId, request.ProducerEpoch));
            return new InitProducerIdResponse
            {
                ProducerId = 7,
                ProducerEpoch = 4,
                ErrorCode = request.TransactionalId == "secret" ? ErrorCode.TransactionalIdAuthorizationFailed : attempt == 1 ? ErrorCode.ConcurrentTransactions : ErrorCode.None,
            };
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });

        var fenced = await client.Admin.Transactions.FenceProducersAsync(["a", "secret"]).OrTimeout("the fencing");

        Assert.Equal(new FencedProducer(7, 4), fenced["a"].Value);
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, fenced["secret"].Error!.ErrorCode);
        Assert.Equal((2, 1), (attempts["a"], attempts["secret"]));
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.Transactions.DescribeAsync(["a", "a"]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.Transactions.FenceProducersAsync([""]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.Transactions.AbortAsync(new HangingTransaction(new("", 0), 1, 1, 1)));
    }

    private static void Coordinate(FakeBroker broker) =>
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 6, (request, _) =>
        {
            Assert.Equal(1, request.KeyType);
            return new FindCoordinatorResponse { Coordinators = request.CoordinatorKeys.ConvertAll(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = 1 }) };
        });
}
