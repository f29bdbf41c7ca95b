using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Transactions;

/// <summary>Transactions from end to end: what is written, who reads it, who is fenced, what a crash leaves.</summary>
public sealed class TransactionTests
{
    private readonly MemoryFileSystem _files = new();

    public static TheoryData<bool> Versions => [false, true];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_is_committed_is_read_and_what_is_aborted_is_not(bool bumps)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        var producer = await TestProducer.StartAsync(broker, "x", bumps);

        await producer.ProduceAsync("t", 0, "a", "b");
        await producer.ProduceAsync("t", 1, "c");
        Assert.Equal([], await CommittedAsync(broker, "t", 0));
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal(["a", "b"], await CommittedAsync(broker, "t", 0));
        Assert.Equal(["c"], await CommittedAsync(broker, "t", 1));

        await producer.ProduceAsync("t", 0, "d");
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: false));
        await SettledAsync(broker, producer, "CompleteAbort");
        await producer.ProduceAsync("t", 0, "e");
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal(["a", "b", "e"], await CommittedAsync(broker, "t", 0));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Who_had_the_id_before_can_do_nothing_any_more_and_its_transaction_is_aborted(bool bumps)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        var zombie = await TestProducer.StartAsync(broker, "x", bumps);
        await zombie.ProduceAsync("t", 0, "zombie's");

        var producer = await TestProducer.StartAsync(broker, "x", bumps);
        Assert.Equal(zombie.ProducerId, producer.ProducerId);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await zombie.WriteAsync("t", 0, "more"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await zombie.WriteAsync("t", 1, "more"));
        Assert.Equal(ErrorCode.ProducerFenced, await zombie.EnrolAsync("t"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await zombie.EnrolAsync("t", version: 1));
        Assert.Equal(ErrorCode.ProducerFenced, (await zombie.SendEndAsync(commits: true)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await zombie.SendEndAsync(commits: true, version: 1)).ErrorCode);
        Assert.Equal(ErrorCode.ProducerFenced, await zombie.InitializeAsync(names: true));
        Assert.NotEqual(ErrorCode.None, await zombie.CommitOffsetAsync("g", "t", 1));

        await producer.ProduceAsync("t", 0, "mine");
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal(["mine"], await CommittedAsync(broker, "t", 0));
    }

    [Fact]
    public async Task Records_that_no_transaction_knows_of_are_refused_and_hold_nobody_up()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        var producer = await TestProducer.StartAsync(broker, "x");

        Assert.Equal(ErrorCode.InvalidTxnState, await producer.WriteAsync("t", 0, "never enrolled"));
        await producer.ProduceAsync("t", 1, "enrolled");
        Assert.Equal(ErrorCode.InvalidTxnState, await producer.WriteAsync("t", 0, "never enrolled"));
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        Assert.Equal(ErrorCode.InvalidTxnState, await producer.WriteAsync("t", 0, "too late"));
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "plain"));
        Assert.Equal(["plain"], await CommittedAsync(broker, "t", 0));
    }

    [Fact]
    public async Task Without_verification_records_are_taken_as_they_come()
    {
        await using var broker = await TestBroker.StartAsync("transaction.partition.verification.enable=false");
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x");

        Assert.Equal(ErrorCode.None, await producer.WriteAsync("t", 0, "never enrolled"));
        Assert.Equal([], await CommittedAsync(broker, "t", 0));
    }

    [Fact]
    public async Task Batches_that_are_sent_behind_the_first_of_a_transaction_keep_their_order()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x", bumps: true);
        using var client = await TestClient.ConnectAsync(broker.EndPoint);
        var sent = new List<int>();
        for (var sequence = 0; sequence < 20; sequence++)
        {
            var request = Ask.Produce("t", 0, Batches.With(
                new RecordBatchOptions { ProducerId = producer.ProducerId, ProducerEpoch = producer.Epoch, BaseSequence = sequence, IsTransactional = true },
                TestBroker.StartMs,
                $"{sequence}"));
            request.TransactionalId = "x";
            sent.Add(await client.SendAsync(request, 12));
        }

        foreach (var id in sent)
        {
            var answer = (await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 12, id)).Responses[0].PartitionResponses[0];
            Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        }

        Assert.Equal([.. Enumerable.Range(0, 20).Select(number => $"{number}")], await broker.ReadAsync("t", 0));
    }

    [Theory]
    [InlineData("Ongoing", false)]
    [InlineData("Ongoing", true)]
    [InlineData("CompleteCommit", false)]
    [InlineData("CompleteCommit", true)]
    [InlineData("CompleteAbort", true)]
    public async Task A_crash_leaves_every_transaction_as_far_as_it_had_come(string state, bool bumps)
    {
        TestProducer producer;
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t");
            producer = await TestProducer.StartAsync(broker, "x", bumps);
            await producer.ProduceAsync("t", 0, "a");
            if (state != "Ongoing")
            {
                Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: state == "CompleteCommit"));
                await SettledAsync(broker, producer, state);
            }
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        await SettledAsync(again, producer, state);
        Assert.Equal(state == "CompleteCommit" ? ["a"] : [], await CommittedAsync(again, "t", 0));
        var successor = await TestProducer.StartAsync(again, "x", bumps);
        Assert.True(successor.Epoch > producer.Epoch);
        await successor.ProduceAsync("t", 0, "b");
        Assert.Equal(ErrorCode.None, await successor.EndAsync(commits: true));
        await SettledAsync(again, successor, "CompleteCommit");
        Assert.Equal(state == "CompleteCommit" ? ["a", "b"] : ["b"], await CommittedAsync(again, "t", 0));
    }

    /// <summary>What was decided is in the log of the coordinator, and no partition has heard of it.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_broker_that_dies_between_the_decision_and_the_markers_ends_the_transaction_when_it_is_back(bool bumps, bool commits)
    {
        var disk = new BrokenDisk();
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestProducer producer;
        await using (var broker = await TestBroker.StartOnAsync(disk))
        {
            await broker.CreateTopicAsync("t");
            producer = await TestProducer.StartAsync(broker, "x", bumps);
            await producer.ProduceAsync("t", 0, "a");

            // The marker is the next that is written there. From then on nothing reaches the disk, as if the broker had been killed.
            var marked = Path.Combine(TestBroker.DataPath, "t-0");
            disk.Fails = (path, writes) => writes && (decided.Task.IsCompleted || (path.StartsWith(marked, StringComparison.Ordinal) && decided.TrySetResult()));
            _ = producer.SendEndAsync(commits);
            await decided.Task.OrTimeout("the marker");
        }

        disk.Fails = static (_, _) => false;
        await using var again = await TestBroker.StartOnAsync(disk);
        await SettledAsync(again, producer, commits ? "CompleteCommit" : "CompleteAbort");
        Assert.Equal(commits ? ["a"] : [], await CommittedAsync(again, "t", 0));
        var successor = await TestProducer.StartAsync(again, "x", bumps);
        await successor.ProduceAsync("t", 0, "b");
        Assert.Equal(ErrorCode.None, await successor.EndAsync(commits: true));
        await SettledAsync(again, successor, "CompleteCommit");
        Assert.Equal(commits ? ["a", "b"] : ["b"], await CommittedAsync(again, "t", 0));
    }

    /// <summary>The network kept it back, until the producer had long gone on over another connection. Before version 2 nothing tells it from one that ends the transaction after.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_that_comes_late_over_an_old_connection_does_not_end_the_next_transaction(bool commits)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x", bumps: true);
        await producer.ProduceAsync("t", 0, "a");
        var late = new EndTxnRequest { TransactionalId = "x", ProducerId = producer.ProducerId, ProducerEpoch = producer.Epoch, Committed = commits };
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");

        var repeated = await broker.AskAsync(late, 5);
        Assert.Equal(commits ? ErrorCode.None : ErrorCode.InvalidTxnState, repeated.ErrorCode);
        await producer.ProduceAsync("t", 0, "b");
        Assert.Equal(ErrorCode.ProducerFenced, (await broker.AskAsync(late, 5)).ErrorCode);
        await SettledAsync(broker, producer, "Ongoing");
        Assert.Equal(["a"], await CommittedAsync(broker, "t", 0));
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal(["a", "b"], await CommittedAsync(broker, "t", 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_reader_of_the_old_formats_gets_past_the_ends_of_transactions(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var producer = await TestProducer.StartAsync(broker, "x");
        for (var round = 0; round < 3; round++)
        {
            await producer.ProduceAsync("t", 0, $"{round}");
            Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
            await SettledAsync(broker, producer, "CompleteCommit");
        }

        // At the end there is a marker and nothing behind it: nothing to be had, and nothing that would end a wait.
        var values = new List<string>();
        for (long offset = 0; offset <= 4;)
        {
            var answer = (await broker.AskAsync(Ask.Fetch("t", 0, offset, maxBytes: 70), version)).Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, answer.ErrorCode);
            var records = OwnedRecord.ReadAll(answer.Records.Bytes.Span, 1 << 20);
            Assert.NotEmpty(records);
            values.AddRange(records.Select(record => System.Text.Encoding.UTF8.GetString(record.Value!)));
            offset = records[^1].Offset + 1;
        }

        Assert.Equal(["0", "1", "2"], values);
        var last = (await broker.AskAsync(Ask.Fetch("t", 0, 5, maxWaitMs: 0, minBytes: 1), version)).Responses[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 6, 0), (last.ErrorCode, last.HighWatermark, last.Records.Length));
    }

    [Fact]
    public async Task A_transaction_ends_where_batches_must_be_smaller_than_its_marker()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("max.message.bytes", "75"));
        var producer = await TestProducer.StartAsync(broker, "x");
        await producer.ProduceAsync("t", 0, "a");

        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal(["a"], await CommittedAsync(broker, "t", 0));
    }

    internal static async Task<List<string>> CommittedAsync(TestBroker broker, string topic, int partition)
    {
        var request = Ask.Fetch(topic, partition, 0);
        request.IsolationLevel = 1;
        var answer = (await broker.AskAsync(request, 12)).Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return CommittedValues.Of(answer);
    }

    internal static async Task SettledAsync(TestBroker broker, TestProducer producer, string state)
    {
        for (var attempt = 0; ; attempt++)
        {
            var described = (await broker.AskAsync(new DescribeTransactionsRequest { TransactionalIds = [producer.TransactionalId] }, 0)).TransactionStates[0];
            if (described.TransactionState == state)
            {
                return;
            }

            Assert.True(
                attempt < 20_000,
                $"The transaction is {described.TransactionState} ({described.ErrorCode}) and was to be {state}. The broker said: {string.Join(Environment.NewLine, broker.Log.Lines.Select(static line => line.Text))}");
        }
    }
}
