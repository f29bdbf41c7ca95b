using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Transactions;

/// <summary>What operators see and do of transactions, and what time does to them.</summary>
public sealed class TransactionAdministrationTests
{
    [Fact]
    public async Task Transactions_are_described_and_listed_by_every_filter()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        var open = await TestProducer.StartAsync(broker, "open");
        await open.ProduceAsync("t", 1, "a");
        var idle = await TestProducer.StartAsync(broker, "idle");
        broker.Clock.Advance(TimeSpan.FromSeconds(5));

        var described = await broker.AskAsync(new DescribeTransactionsRequest { TransactionalIds = ["open", "idle", "none", ""] }, 0);
        Assert.Equal(
            [("open", ErrorCode.None, "Ongoing"), ("idle", ErrorCode.None, "Empty"), ("none", ErrorCode.TransactionalIdNotFound, ""), ("", ErrorCode.InvalidRequest, "")],
            described.TransactionStates.Select(state => (state.TransactionalId, state.ErrorCode, state.TransactionState)));
        var one = described.TransactionStates[0];
        Assert.Equal((open.ProducerId, open.Epoch, 60_000, TestBroker.StartMs), (one.ProducerId, one.ProducerEpoch, one.TransactionTimeoutMs, one.TransactionStartTimeMs));
        Assert.Equal(("t", 1), (one.Topics[0].Topic, Assert.Single(one.Topics[0].Partitions)));

        Assert.Equal(["idle", "open"], await ListAsync(broker, new ListTransactionsRequest(), 0));
        Assert.Equal(["open"], await ListAsync(broker, new ListTransactionsRequest { StateFilters = ["Ongoing", "Sleeping"] }, 0));
        Assert.Equal([], await ListAsync(broker, new ListTransactionsRequest { StateFilters = ["Sleeping"] }, 0));
        Assert.Equal(["idle"], await ListAsync(broker, new ListTransactionsRequest { ProducerIdFilters = [idle.ProducerId] }, 0));
        Assert.Equal(["open"], await ListAsync(broker, new ListTransactionsRequest { StateFilters = ["Ongoing"], DurationFilter = 4_000 }, 1));
        Assert.Equal([], await ListAsync(broker, new ListTransactionsRequest { StateFilters = ["Ongoing"], DurationFilter = 5_000 }, 1));
        Assert.Equal(["idle"], await ListAsync(broker, new ListTransactionsRequest { TransactionalIdPattern = "i.*" }, 2));
        Assert.Equal([], await ListAsync(broker, new ListTransactionsRequest { TransactionalIdPattern = "i" }, 2));
        Assert.Equal(["Sleeping"], (await broker.AskAsync(new ListTransactionsRequest { StateFilters = ["Sleeping"] }, 1)).UnknownStateFilters);
        Assert.Equal(ErrorCode.InvalidRegularExpression, (await broker.AskAsync(new ListTransactionsRequest { TransactionalIdPattern = "(" }, 2)).ErrorCode);
    }

    [Fact]
    public async Task A_transaction_that_lasts_too_long_is_aborted_and_its_producer_fenced()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x", timeoutMs: 20_000);
        await producer.ProduceAsync("t", 0, "a");
        await broker.ProduceAsync("t", 0, "plain");
        Assert.Equal([], await TransactionTests.CommittedAsync(broker, "t", 0));

        broker.Clock.Advance(TimeSpan.FromSeconds(31));
        await TransactionTests.SettledAsync(broker, producer, "CompleteAbort");
        Assert.Equal(["plain"], await TransactionTests.CommittedAsync(broker, "t", 0));
        Assert.Equal(ErrorCode.ProducerFenced, (await producer.SendEndAsync(commits: true)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await producer.WriteAsync("t", 0, "b"));
    }

    [Theory]
    [InlineData(0, ErrorCode.InvalidTransactionTimeout)]
    [InlineData(-1, ErrorCode.InvalidTransactionTimeout)]
    [InlineData(5_000, ErrorCode.None)]
    [InlineData(5_001, ErrorCode.InvalidTransactionTimeout)]
    public async Task A_producer_may_ask_for_no_longer_than_the_broker_allows(int timeoutMs, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync("transaction.max.timeout.ms=5000");
        var producer = await TestProducer.StartAsync(broker, "x", timeoutMs: 1_000);

        Assert.Equal(error, await producer.InitializeAsync(timeoutMs));
    }

    [Fact]
    public async Task An_id_that_nobody_uses_is_forgotten_but_not_while_its_transaction_is_open()
    {
        await using var broker = await TestBroker.StartAsync("transactional.id.expiration.ms=60000", "transaction.remove.expired.transaction.cleanup.interval.ms=1000");
        await broker.CreateTopicAsync("t");
        var open = await TestProducer.StartAsync(broker, "open", timeoutMs: 900_000);
        await open.ProduceAsync("t", 0, "a");
        await TestProducer.StartAsync(broker, "idle");

        broker.Clock.Advance(TimeSpan.FromSeconds(61));

        for (var attempt = 0; (await ListAsync(broker, new ListTransactionsRequest(), 0)).Count != 1; attempt++)
        {
            Assert.True(attempt < 20_000, "The id that nobody uses is still there.");
        }

        Assert.Equal(["open"], await ListAsync(broker, new ListTransactionsRequest(), 0));
        var again = await TestProducer.StartAsync(broker, "idle");
        Assert.Equal(0, again.Epoch);
    }

    [Fact]
    public async Task An_operator_ends_a_transaction_that_hangs_in_a_partition()
    {
        await using var broker = await TestBroker.StartAsync("transaction.partition.verification.enable=false");
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x");
        Assert.Equal(ErrorCode.None, await producer.WriteAsync("t", 0, "hangs"));
        await broker.ProduceAsync("t", 0, "plain");
        var request = new DescribeProducersRequest { Topics = [new DescribeProducersRequest.TopicRequest { Name = "t", PartitionIndexes = [0] }] };
        var hanging = Assert.Single((await broker.AskAsync(request, 0)).Topics[0].Partitions[0].ActiveProducers);
        Assert.Equal((producer.ProducerId, 0L), (hanging.ProducerId, hanging.CurrentTxnStartOffset));

        foreach (var version in (short[])[0, 1, 2])
        {
            Assert.Equal(ErrorCode.None, await AbortAsync(broker, "t", 0, hanging.ProducerId, (short)hanging.ProducerEpoch, version));
        }

        Assert.Equal(["plain"], await TransactionTests.CommittedAsync(broker, "t", 0));
        Assert.Equal(ErrorCode.InvalidRequest, await AbortAsync(broker, "t", 0, hanging.ProducerId, -1, 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await AbortAsync(broker, "t", 5, 1, 0, 1));
        Assert.Equal(ErrorCode.InvalidTopic, await AbortAsync(broker, "__transaction_state", 0, 1, 0, 1));
        Assert.Equal(ErrorCode.InvalidRequest, await AbortAsync(broker, "t", 0, -1, 0, 1));
    }

    [Fact]
    public async Task A_marker_of_a_coordinator_that_was_replaced_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, await AbortAsync(broker, "t", 0, 77, 0, 1, coordinatorEpoch: 5));

        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, await AbortAsync(broker, "t", 0, 77, 0, 1, coordinatorEpoch: 4));
    }

    [Fact]
    public async Task Enrolment_takes_all_partitions_or_none()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x");
        var request = new AddPartitionsToTxnRequest
        {
            Transactions =
            [
                new AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction
                {
                    TransactionalId = "x",
                    ProducerId = producer.ProducerId,
                    ProducerEpoch = producer.Epoch,
                    Topics =
                    [
                        new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = "t", Partitions = [0, 7] },
                        new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = "__transaction_state", Partitions = [0] },
                    ],
                },
            ],
        };

        Assert.Equal([ErrorCode.OperationNotAttempted, ErrorCode.UnknownTopicOrPartition, ErrorCode.InvalidTopic], Errors(await producer.AskAsync(request, 5)));
        request.Transactions[0].VerifyOnly = true;
        request.Transactions[0].Topics = [new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = "t", Partitions = [0] }];
        Assert.Equal([ErrorCode.TransactionAbortable], Errors(await producer.AskAsync(request, 5)));
        Assert.Equal([ErrorCode.InvalidTxnState], Errors(await producer.AskAsync(request, 4)));
        request.Transactions[0].VerifyOnly = false;
        Assert.Equal([ErrorCode.None], Errors(await producer.AskAsync(request, 5)));
        request.Transactions[0].VerifyOnly = true;
        Assert.Equal([ErrorCode.None], Errors(await producer.AskAsync(request, 5)));
        request.Transactions[0].ProducerId++;
        Assert.Equal([ErrorCode.InvalidProducerIdMapping], Errors(await producer.AskAsync(request, 5)));
        request.Transactions[0].TransactionalId = "stranger";
        Assert.Equal([ErrorCode.InvalidProducerIdMapping], Errors(await producer.AskAsync(request, 5)));
    }

    private static ErrorCode[] Errors(AddPartitionsToTxnResponse reply) =>
        [.. reply.ResultsByTransaction.SelectMany(result => result.TopicResults).SelectMany(topic => topic.ResultsByPartition).Select(each => each.PartitionErrorCode)];

    private static async Task<List<string>> ListAsync(TestBroker broker, ListTransactionsRequest request, short version)
    {
        var reply = await broker.AskAsync(request, version);
        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        return [.. reply.TransactionStates.Select(state => state.TransactionalId).Order(StringComparer.Ordinal)];
    }

    private static async Task<ErrorCode> AbortAsync(
        TestBroker broker, string topic, int partition, long producerId, short epoch, short version, int coordinatorEpoch = 0)
    {
        var reply = await broker.AskAsync(
            new WriteTxnMarkersRequest
            {
                Markers =
                [
                    new WriteTxnMarkersRequest.WritableTxnMarker
                    {
                        ProducerId = producerId,
                        ProducerEpoch = epoch,
                        CoordinatorEpoch = coordinatorEpoch,
                        Topics = [new WriteTxnMarkersRequest.WritableTxnMarkerTopic { Name = topic, PartitionIndexes = [partition] }],
                    },
                ],
            },
            version);
        return reply.Markers[0].Topics[0].Partitions[0].ErrorCode;
    }
}
