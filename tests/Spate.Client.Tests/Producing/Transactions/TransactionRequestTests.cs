using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Producing.Transactions;

/// <summary>What a transaction asks of brokers, and what it makes of their answers.</summary>
public sealed class TransactionRequestTests
{
    private const short Older = 1;
    private const short Newer = 2;

    private static readonly ProducerOptions Options = new() { TransactionalId = "id", Linger = TimeSpan.Zero };

    private static readonly Dictionary<TopicPartition, CommittedOffset> Offsets = new() { [new("t", 0)] = new(1) };

    [Fact]
    public async Task Of_the_older_kind_each_partition_is_named_once_before_it_is_written_to()
    {
        var transactions = new FakeTransactions(Older);
        await using var fixture = new ProducerFixture(partitions: 2, highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        for (var round = 0; round < 2; round++)
        {
            await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
            foreach (var partition in new[] { 0, 0, 1 })
            {
                await transaction.ProduceAsync(ProducerFixture.Value("v", partition)).AsTask().OrTimeout("the delivery");
            }

            await transaction.SendOffsetsAsync(new ConsumerGroupMetadata("g", "m", 3), Offsets).OrTimeout("the offsets");
            await transaction.CommitAsync().OrTimeout("the commit");
        }

        string[] one = ["add t-0 by 3", "add t-1 by 3", "add group g", "offsets of m/3 by 4", "commit of 0 by 4"];
        Assert.Equal(["init of -1/-1", .. one, .. one], transactions.Asked);
        Assert.All(fixture.Broker.Requests.Where(static request => request.Api == ApiKey.Produce), static request => Assert.Equal(11, request.Version));
        Assert.All(fixture.Log.Records("t", 0), static record => Assert.True(record.IsTransactional));
    }

    [Fact]
    public async Task Of_the_newer_kind_nothing_is_named_and_each_end_brings_another_epoch()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        for (var round = 0; round < 3; round++)
        {
            await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
            await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");
            await transaction.SendOffsetsAsync(new ConsumerGroupMetadata("g"), Offsets).OrTimeout("the offsets");
            await transaction.CommitAsync().OrTimeout("the commit");
        }

        Assert.Equal(
            ["init of -1/-1", "offsets of /-1 by 5", "commit of 0 by 5", "offsets of /-1 by 5", "commit of 1 by 5", "offsets of /-1 by 5", "commit of 2 by 5"], transactions.Asked);
        Assert.Equal([0, 1, 2], fixture.Log.Epochs);
        Assert.All(fixture.Broker.Requests.Where(static request => request.Api == ApiKey.Produce), static request => Assert.Equal(12, request.Version));
    }

    [Theory]
    [InlineData(Older)]
    [InlineData(Newer)]
    public async Task A_transaction_without_anything_in_it_ends_without_a_word(short level)
    {
        var transactions = new FakeTransactions(level);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        await using (var committed = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            await committed.CommitAsync().OrTimeout("the commit");
        }

        await (await producer.BeginTransactionAsync().OrTimeout("the beginning")).DisposeAsync().AsTask().OrTimeout("the end");

        Assert.Equal(["init of -1/-1"], transactions.Asked);
    }

    [Theory]
    [InlineData(Older)]
    [InlineData(Newer)]
    public async Task What_passes_by_itself_is_asked_again_and_not_seen(short level)
    {
        var transactions = new FakeTransactions(level);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        foreach (var api in new[] { ApiKey.InitProducerId, ApiKey.AddPartitionsToTxn, ApiKey.AddOffsetsToTxn, ApiKey.TxnOffsetCommit, ApiKey.EndTxn })
        {
            transactions.Fail(api, ErrorCode.CoordinatorLoadInProgress, ErrorCode.NotCoordinator, ErrorCode.CoordinatorNotAvailable, ErrorCode.ConcurrentTransactions);
        }

        await using var producer = fixture.Client.CreateProducer(Options);
        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
        await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");
        await transaction.SendOffsetsAsync(new ConsumerGroupMetadata("g"), Offsets).OrTimeout("the offsets");
        await transaction.CommitAsync().OrTimeout("the commit");

        Assert.Equal(level == Older ? 25 : 15, transactions.Asked.Count);
    }

    [Fact]
    public async Task A_coordinator_that_has_moved_is_followed()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        await using var other = new FakeBroker();
        fixture.Cluster.Add(2, transactions.Attach(fixture.Log.Attach(other, highest: 12)));
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
        await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");

        transactions.Coordinator = 2;
        transactions.Fail(ApiKey.EndTxn, ErrorCode.NotCoordinator);
        await transaction.CommitAsync().OrTimeout("the commit");

        Assert.Contains(other.Requests, static request => request.Api == ApiKey.EndTxn);
    }

    [Fact]
    public async Task Of_the_older_kind_a_batch_that_was_given_up_brings_another_epoch_after_the_abort()
    {
        var transactions = new FakeTransactions(Older);
        await using var fixture = new ProducerFixture(highest: 11);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        await using (var failing = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            await failing.ProduceAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the delivery");
            fixture.Log.Refuse = static (_, _) => ErrorCode.InvalidRecord;
            await Assert.ThrowsAsync<KafkaException>(() => failing.ProduceAsync(ProducerFixture.Value("b")).AsTask().OrTimeout("the refusal"));
            await Assert.ThrowsAsync<KafkaTransactionException>(() => failing.CommitAsync().OrTimeout("the refusal of the commit"));
        }

        fixture.Log.Refuse = static (_, _) => ErrorCode.None;
        await using var next = await producer.BeginTransactionAsync().OrTimeout("the next beginning");
        await next.ProduceAsync(ProducerFixture.Value("c")).AsTask().OrTimeout("the delivery");
        await next.CommitAsync().OrTimeout("the commit");

        Assert.Equal(["init of -1/-1", "add t-0 by 3", "abort of 0 by 4", "init of 7/0", "add t-0 by 3", "commit of 1 by 4"], transactions.Asked);
        Assert.Equal([0, 1], fixture.Log.Epochs);
    }

    [Fact]
    public async Task Before_Kafka_2_5_a_gap_ends_the_producer_and_offsets_of_members_are_refused()
    {
        var transactions = new FakeTransactions(Older);
        await using var fixture = new ProducerFixture(highest: 8);
        transactions.Attach(fixture.Broker, highestInit: 1, highestOffsets: 2);
        await using var producer = fixture.Client.CreateProducer(Options);
        await using (var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            var refused = await Assert.ThrowsAsync<KafkaTransactionException>(() => transaction.SendOffsetsAsync(new ConsumerGroupMetadata("g", "m", 3), Offsets).OrTimeout("the refusal"));
            Assert.Equal(ErrorCode.UnsupportedVersion, refused.ErrorCode);
        }

        await using (var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            await transaction.SendOffsetsAsync(new ConsumerGroupMetadata("g"), Offsets).OrTimeout("the offsets");
            fixture.Log.Refuse = static (_, _) => ErrorCode.InvalidRecord;
            await Assert.ThrowsAsync<KafkaException>(() => transaction.ProduceAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the refusal"));
        }

        var ended = await Assert.ThrowsAsync<KafkaException>(() => producer.BeginTransactionAsync().OrTimeout("the end"));
        Assert.Equal((ErrorCode.UnsupportedVersion, true), (ended.ErrorCode, ended.IsFatal));
    }

    [Theory]
    [InlineData(ErrorCode.ProducerFenced, true)]
    [InlineData(ErrorCode.InvalidProducerEpoch, false)]
    [InlineData(ErrorCode.TransactionAbortable, false)]
    [InlineData(ErrorCode.InvalidTxnState, false)]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, false)]
    [InlineData(ErrorCode.UnknownProducerId, false)]
    public async Task An_answer_to_a_batch_ends_the_producer_or_only_the_transaction(ErrorCode code, bool isFatal)
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options);
        fixture.Log.Refuse = (_, _) => code;
        await using (var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            Assert.Equal(code, (await Assert.ThrowsAnyAsync<KafkaException>(() => transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the refusal"))).ErrorCode);
            var refused = await Assert.ThrowsAnyAsync<KafkaException>(() => transaction.CommitAsync().OrTimeout("the refusal of the commit"));
            Assert.Equal((code, isFatal, !isFatal), (refused.ErrorCode, refused is KafkaProducerFencedException { IsFatal: true }, refused is KafkaTransactionException { MustAbort: true }));
        }

        fixture.Log.Refuse = static (_, _) => ErrorCode.None;
        if (isFatal)
        {
            await Assert.ThrowsAsync<KafkaProducerFencedException>(() => producer.BeginTransactionAsync().OrTimeout("the refusal"));
            return;
        }

        await using var next = await producer.BeginTransactionAsync().OrTimeout("the next beginning");
        await next.ProduceAsync(ProducerFixture.Value("next")).AsTask().OrTimeout("the delivery");
        await next.CommitAsync().OrTimeout("the commit");
        Assert.Equal(["next"], fixture.Log.Values("t", 0));
    }

    [Fact]
    public async Task A_commit_whose_outcome_is_not_known_can_be_asked_for_again()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options with { MaxBlock = TimeSpan.FromMilliseconds(20) });
        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
        await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");
        transactions.Fail(ApiKey.EndTxn, [.. Enumerable.Repeat(ErrorCode.CoordinatorLoadInProgress, 200)]);

        await Assert.ThrowsAsync<KafkaTimeoutException>(() => transaction.CommitAsync().OrTimeout("the timeout"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.AbortAsync().OrTimeout("the refusal"));
        transactions.Forgive(ApiKey.EndTxn);
        await transaction.CommitAsync().OrTimeout("the commit");
    }

    [Fact]
    public async Task A_commit_whose_outcome_nobody_asks_for_ends_the_producer()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options with { MaxBlock = TimeSpan.FromMilliseconds(20) });
        await using (var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");
            transactions.Fail(ApiKey.EndTxn, [.. Enumerable.Repeat(ErrorCode.CoordinatorLoadInProgress, 200)]);
            await Assert.ThrowsAsync<KafkaTimeoutException>(() => transaction.CommitAsync().OrTimeout("the timeout"));
        }

        Assert.True((await Assert.ThrowsAsync<KafkaException>(() => producer.BeginTransactionAsync().OrTimeout("the refusal"))).IsFatal);
    }

    [Fact]
    public async Task An_abort_that_failed_is_made_up_for_before_the_next_transaction_begins()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options with { MaxBlock = TimeSpan.FromMilliseconds(20) });
        await using (var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning"))
        {
            await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");
            transactions.Fail(ApiKey.EndTxn, [.. Enumerable.Repeat(ErrorCode.CoordinatorLoadInProgress, 200)]);
        }

        transactions.Forgive(ApiKey.EndTxn);
        await using var next = await producer.BeginTransactionAsync().OrTimeout("the next beginning");

        Assert.Equal("abort of 0 by 5", transactions.Asked[^1]);
    }

    [Fact]
    public async Task What_is_used_wrongly_is_told_at_once()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var plain = fixture.Client.CreateProducer(new ProducerOptions());
        Assert.Contains("TransactionalId", (await Assert.ThrowsAsync<InvalidOperationException>(() => plain.BeginTransactionAsync())).Message, StringComparison.Ordinal);

        await using var producer = fixture.Client.CreateProducer(Options);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await producer.ProduceAsync(ProducerFixture.Value("v")));
        await using var committing = fixture.Client.CreateConsumer(new() { GroupId = "g" });
        Assert.Contains("AutoCommit", (await Assert.ThrowsAsync<InvalidOperationException>(() => producer.BeginTransactionAsync(committing))).Message, StringComparison.Ordinal);

        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
        await Assert.ThrowsAsync<InvalidOperationException>(() => producer.BeginTransactionAsync());
        await transaction.CommitAsync().OrTimeout("the commit");
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.AbortAsync());

        var faults = Assert.Throws<KafkaConfigurationException>(() => fixture.Client.CreateProducer(new ProducerOptions { TransactionalId = "", EnableIdempotence = false, Acks = Acks.Leader, TransactionTimeout = TimeSpan.Zero }));
        Assert.All(["TransactionalId is empty", "EnableIdempotence is false", "Acks is Leader", "TransactionTimeout is 0 ms"], text => Assert.Contains(text, faults.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_waits_for_room_gives_up_when_its_transaction_is_aborted()
    {
        var transactions = new FakeTransactions(Newer);
        await using var fixture = new ProducerFixture(highest: 12);
        transactions.Attach(fixture.Broker);
        await using var producer = fixture.Client.CreateProducer(Options with { BufferMemory = 16 * 1024, Linger = TimeSpan.FromMinutes(1), DeliveryTimeout = TimeSpan.FromMinutes(3) });
        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the beginning");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 12, async (request, _) =>
        {
            await held.Task;
            return fixture.Log.Produce(request);
        });
        var first = transaction.ProduceAsync(ProducerFixture.Value("first")).AsTask();
        await transaction.PostAsync(ProducerFixture.Value("second")).AsTask().OrTimeout("the second to be taken");
        var third = transaction.PostAsync(ProducerFixture.Value(new string('x', 9_000))).AsTask();
        var fourth = transaction.PostAsync(ProducerFixture.Value(new string('y', 9_000))).AsTask();

        var abort = transaction.AbortAsync();
        await Assert.ThrowsAsync<KafkaTransactionException>(() => fourth.OrTimeout("the end of the wait"));
        held.SetResult();
        await abort.OrTimeout("the abort");

        await Task.WhenAll(((Task)first).ContinueWith(static _ => { }, TaskScheduler.Default), third.ContinueWith(static _ => { }, TaskScheduler.Default)).OrTimeout("everybody to be told");
        // The third had room, and whether it had left when the transaction was aborted is a matter of chance.
        Assert.DoesNotContain(fixture.Log.Values("t", 0), static value => value.StartsWith('y'));
    }
}
