using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Transactions;

/// <summary>
/// A producer of a transactional id that sends what a test wants sent. It speaks the transactions of version 0, or those of version 2, in which
/// the broker enrols partitions and each transaction has its own epoch.
/// </summary>
internal sealed class TestProducer
{
    private readonly TestClient _client;
    private readonly Dictionary<(string Topic, int Partition), int> _sequences = [];
    private readonly Dictionary<string, Uuid> _topics = [];

    private TestProducer(TestClient client, string transactionalId, bool bumps)
    {
        _client = client;
        TransactionalId = transactionalId;
        Bumps = bumps;
    }

    public string TransactionalId { get; }

    public bool Bumps { get; }

    public long ProducerId { get; set; }

    public short Epoch { get; set; }

    public static async Task<TestProducer> StartAsync(TestBroker broker, string transactionalId, bool bumps = false, int timeoutMs = 60_000)
    {
        var client = await broker.ConnectAsync();
        var producer = new TestProducer(client, transactionalId, bumps);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new FindCoordinatorRequest { Key = transactionalId, KeyType = 1 }, 3)).ErrorCode);
        Assert.Equal(ErrorCode.None, await producer.InitializeAsync(timeoutMs));
        return producer;
    }

    public Task<TResponse> AskAsync<TResponse>(IRequestMessage<TResponse> request, short version)
        where TResponse : class, IResponseMessage, new() => _client.AskAsync(request, version);

    /// <summary>Takes the transactional id over, as often as a transaction that is under way asks for.</summary>
    public async Task<ErrorCode> InitializeAsync(int timeoutMs = 60_000, bool names = false)
    {
        var reply = await UntilSettledAsync(
            () => AskAsync(
                new InitProducerIdRequest
                {
                    TransactionalId = TransactionalId,
                    TransactionTimeoutMs = timeoutMs,
                    ProducerId = names ? ProducerId : -1,
                    ProducerEpoch = names ? Epoch : (short)-1,
                },
                5),
            reply => reply.ErrorCode);
        if (reply.ErrorCode == ErrorCode.None)
        {
            (ProducerId, Epoch) = (reply.ProducerId, reply.ProducerEpoch);
            _sequences.Clear();
        }

        return reply.ErrorCode;
    }

    public async Task<ErrorCode> EnrolAsync(string topic, int partition = 0, short version = 3)
    {
        var reply = await UntilSettledAsync(
            () => AskAsync(
                new AddPartitionsToTxnRequest
                {
                    V3AndBelowTransactionalId = TransactionalId,
                    V3AndBelowProducerId = ProducerId,
                    V3AndBelowProducerEpoch = Epoch,
                    V3AndBelowTopics = [new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = topic, Partitions = [partition] }],
                },
                version),
            reply => reply.ResultsByTopicV3AndBelow[0].ResultsByPartition[0].PartitionErrorCode);
        return reply.ResultsByTopicV3AndBelow[0].ResultsByPartition[0].PartitionErrorCode;
    }

    /// <summary>Writes without asking, as a producer does that has enrolled the partition, or that leaves it to the broker.</summary>
    public async Task<ErrorCode> WriteAsync(string topic, int partition, params string[] values)
    {
        var sequence = _sequences.GetValueOrDefault((topic, partition));
        var batch = Batches.With(
            new RecordBatchOptions { ProducerId = ProducerId, ProducerEpoch = Epoch, BaseSequence = sequence, IsTransactional = true }, TestBroker.StartMs, values);
        var reply = await UntilSettledAsync(
            () =>
            {
                var request = Ask.Produce(topic, partition, batch.ToArray());
                request.TransactionalId = TransactionalId;
                return AskAsync(request, Bumps ? (short)12 : (short)9);
            },
            reply => reply.Responses[0].PartitionResponses[0].ErrorCode);
        var error = reply.Responses[0].PartitionResponses[0].ErrorCode;
        if (error == ErrorCode.None)
        {
            _sequences[(topic, partition)] = sequence + values.Length;
        }

        return error;
    }

    /// <summary>Writes in a transaction, which begins if it has not.</summary>
    public async Task ProduceAsync(string topic, int partition, params string[] values)
    {
        if (!Bumps)
        {
            Assert.Equal(ErrorCode.None, await EnrolAsync(topic, partition));
        }

        Assert.Equal(ErrorCode.None, await WriteAsync(topic, partition, values));
    }

    /// <summary>Commits an offset with the transaction.</summary>
    public async Task<ErrorCode> CommitOffsetAsync(string group, string topic, long offset, short? version = null, int generation = -1, string member = "")
    {
        if (Bumps)
        {
            Assert.Equal(ErrorCode.None, (await AskAsync(new FindCoordinatorRequest { Key = group }, 3)).ErrorCode);
        }
        else
        {
            var added = await UntilSettledAsync(
                () => AskAsync(new AddOffsetsToTxnRequest { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, GroupId = group }, 3),
                reply => reply.ErrorCode);
            if (added.ErrorCode != ErrorCode.None)
            {
                return added.ErrorCode;
            }
        }

        var reply = await UntilSettledAsync(() => AskAsync(Offsets(group, topic, offset, generation, member), version ?? (Bumps ? (short)5 : (short)3)), Only);
        return Only(reply);
    }

    public TxnOffsetCommitRequest Offsets(string group, string topic, long offset, int generation = -1, string member = "") => new()
    {
        TransactionalId = TransactionalId,
        GroupId = group,
        ProducerId = ProducerId,
        ProducerEpoch = Epoch,
        GenerationId = generation,
        MemberId = member,
        Topics =
        [
            new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic
            {
                Name = topic,
                Partitions = [new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = offset }],
            },
        ],
    };

    public static ErrorCode Only(TxnOffsetCommitResponse reply) => reply.Topics[0].Partitions[0].ErrorCode;

    public Task<EndTxnResponse> SendEndAsync(bool commits, short? version = null) => AskAsync(
        new EndTxnRequest { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, Committed = commits },
        version ?? (Bumps ? (short)5 : (short)3));

    public async Task<ErrorCode> EndAsync(bool commits)
    {
        var reply = await UntilSettledAsync(() => SendEndAsync(commits), reply => reply.ErrorCode);
        if (reply.ErrorCode == ErrorCode.None && Bumps)
        {
            (ProducerId, Epoch) = (reply.ProducerId, reply.ProducerEpoch);
            _sequences.Clear();
        }

        return reply.ErrorCode;
    }

    public async Task<Uuid> IdOfAsync(string topic)
    {
        if (!_topics.TryGetValue(topic, out var id))
        {
            id = (await AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = topic }] }, 12)).Topics[0].TopicId;
            _topics[topic] = id;
        }

        return id;
    }

    /// <summary>Asks again while the transaction before is being ended or the coordinator loads, as every client does.</summary>
    private static async Task<TResponse> UntilSettledAsync<TResponse>(Func<Task<TResponse>> ask, Func<TResponse, ErrorCode> errorOf)
    {
        for (var attempt = 0; ; attempt++)
        {
            var reply = await ask();
            if (errorOf(reply) is not (ErrorCode.ConcurrentTransactions or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator
                or ErrorCode.NotEnoughReplicas))
            {
                return reply;
            }

            Assert.True(attempt < 20_000, $"The answer stays {errorOf(reply)}.");
        }
    }
}
