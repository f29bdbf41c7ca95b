using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Transactions;

/// <summary>Offsets that are committed together with records: they count when the transaction does, live and after a crash.</summary>
public sealed class TransactionalOffsetTests
{
    private readonly MemoryFileSystem _files = new();

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Offsets_count_when_the_transaction_does(bool bumps, bool commits)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.AskAsync(Ask.Commit("g", "t", topic, 0, 3), 9);
        var producer = await TestProducer.StartAsync(broker, "x", bumps);

        await producer.ProduceAsync("t", 0, "a");
        Assert.Equal(ErrorCode.None, await producer.CommitOffsetAsync("g", "t", 7));
        Assert.Equal((3, ErrorCode.None), await FetchAsync(member, requireStable: false));
        Assert.Equal((-1, ErrorCode.UnstableOffsetCommit), await FetchAsync(member, requireStable: true));

        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits));
        await TransactionTests.SettledAsync(broker, producer, commits ? "CompleteCommit" : "CompleteAbort");
        Assert.Equal((commits ? 7 : 3, ErrorCode.None), await FetchAsync(member, requireStable: true));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_in_between_forgets_nothing_of_it(bool commits)
    {
        TestProducer producer;
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t");
            producer = await TestProducer.StartAsync(broker, "x");
            using var member = await GroupMember.FindAsync(broker, "g");
            Assert.Equal(ErrorCode.None, await producer.CommitOffsetAsync("g", "t", 7));
        }

        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            using var member = await GroupMember.FindAsync(broker, "g");
            Assert.Equal((-1, ErrorCode.UnstableOffsetCommit), await FetchAsync(member, requireStable: true));
            using var client = await broker.ConnectAsync();
            EndTxnResponse ended;
            do
            {
                ended = await client.AskAsync(
                    new EndTxnRequest { TransactionalId = "x", ProducerId = producer.ProducerId, ProducerEpoch = producer.Epoch, Committed = commits }, 3);
            }
            while (ended.ErrorCode == ErrorCode.CoordinatorLoadInProgress);
            Assert.Equal(ErrorCode.None, ended.ErrorCode);
            await TransactionTests.SettledAsync(broker, producer, commits ? "CompleteCommit" : "CompleteAbort");
            Assert.Equal((commits ? 7 : -1, ErrorCode.None), await FetchAsync(member, requireStable: true));
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        using var reader = await GroupMember.FindAsync(again, "g");
        Assert.Equal((commits ? 7 : -1, ErrorCode.None), await FetchAsync(reader, requireStable: true));
        Assert.Empty(again.Log.Complaints);
    }

    [Fact]
    public async Task Commits_of_those_who_may_not_are_refused_and_leave_nothing_pending()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);
        var producer = await TestProducer.StartAsync(broker, "x");

        // Not part of the transaction.
        Assert.Equal(ErrorCode.InvalidTxnState, TestProducer.Only(await producer.AskAsync(producer.Offsets("g", "t", 1), 3)));
        Assert.Equal(ErrorCode.TransactionAbortable, TestProducer.Only(await producer.AskAsync(producer.Offsets("g", "t", 1), 4)));

        // A member that its group has gone on without.
        Assert.Equal(ErrorCode.IllegalGeneration, await producer.CommitOffsetAsync("g", "t", 1, generation: 9, member: member.Id));
        Assert.Equal(ErrorCode.UnknownMemberId, await producer.CommitOffsetAsync("g", "t", 1, generation: 1, member: "nobody"));
        Assert.Equal(ErrorCode.IllegalGeneration, await producer.CommitOffsetAsync("other", "t", 1, generation: 1, member: "nobody"));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await producer.CommitOffsetAsync("g", "none", 1));
        Assert.Equal((-1, ErrorCode.None), await FetchAsync(member, requireStable: true));

        Assert.Equal(ErrorCode.None, await producer.CommitOffsetAsync("g", "t", 1, generation: 1, member: member.Id));
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits: true));
        await TransactionTests.SettledAsync(broker, producer, "CompleteCommit");
        Assert.Equal((1, ErrorCode.None), await FetchAsync(member, requireStable: true));
    }

    private static async Task<(long Offset, ErrorCode Error)> FetchAsync(GroupMember member, bool requireStable)
    {
        var reply = await member.AskAsync(
            new OffsetFetchRequest
            {
                GroupId = "g",
                RequireStable = requireStable,
                Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "t", PartitionIndexes = [0] }],
            },
            7);
        var answer = reply.Topics[0].Partitions[0];
        return (answer.CommittedOffset, answer.ErrorCode);
    }
}
