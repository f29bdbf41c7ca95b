using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>
/// One process of a <see cref="Processor"/>: takes the transactional id, looks how far the inputs are done, and then, over and over, writes what
/// comes of a few inputs, commits how far that is, and ends the transaction. Told that it was replaced, it ends.
/// </summary>
internal sealed class ProducerInstance : Client
{
    private readonly Processor _processor;
    private readonly int _timeoutMs;
    private readonly Queue<(OutputRecord Record, int Partition)> _outputs = new();
    private readonly HashSet<TopicPartition> _enrolled = [];
    private readonly int[] _sequences;
    private long _position;
    private int _taken;

    public ProducerInstance(World world, Processor processor, int number)
        : base(world, $"{processor.Name}#{number}")
    {
        _processor = processor;
        _timeoutMs = world.Random.Next(4_000, 30_000);
        _sequences = new int[world.Data.Count];
        Number = number;
        Owner = new TransactionOwner(processor.Name, -1, -1);
        After(world.Between(0, 1000), Initialize);
    }

    public int Number { get; }

    public string TransactionalId => _processor.Name;

    public bool BumpsEpoch => _processor.BumpsEpoch;

    public TransactionOwner Owner { get; private set; }

    /// <summary>The transaction that is under way, or was last.</summary>
    public Attempt? Attempt { get; private set; }

    public bool IsDone { get; private set; }

    private short EndVersion => BumpsEpoch ? (short)5 : (short)3;

    private string Group => _processor.GroupId;

    public void Kill()
    {
        Die();
        IsDone = true;
    }

    /// <summary>What a leader asks before it lets the first record of a transaction in.</summary>
    public static async ValueTask<ErrorCode> AdmitAsync(World world, Node leader, TransactionOwner owner, TopicPartition partition, bool enrols)
    {
        var answer = await world.Network.AskAsync<ErrorCode[]>(
            leader.ToString(),
            world.Cluster.Find(InternalTopic.Transactions, owner.TransactionalId).Leader,
            () => $"{(enrols ? "enrol" : "verify")} {partition} for {owner}",
            async node => enrols ? [await node.Transactions.AddPartitionsAsync(owner, [partition], 2)] : await node.Transactions.VerifyPartitionsAsync(owner, [partition]));
        return answer?[0] ?? ErrorCode.CoordinatorNotAvailable;
    }

    private void Initialize()
    {
        var request = new InitProducerIdRequest
        {
            TransactionalId = TransactionalId,
            TransactionTimeoutMs = _timeoutMs,
            ProducerId = Owner.ProducerId,
            ProducerEpoch = Owner.ProducerEpoch,
        };
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"initialise {TransactionalId} {request.ProducerId}@{request.ProducerEpoch}",
            async node =>
            {
                var response = await node.Transactions.InitProducerIdAsync(request, default);
                if (response.ErrorCode == ErrorCode.None)
                {
                    World.Book.Given(this, response.ProducerEpoch);
                }

                return response;
            },
            static response => response.ErrorCode,
            response => Follow(response?.ErrorCode, Initialize, () =>
            {
                Become(response!.ProducerId, response.ProducerEpoch);
                LookUp();
            }));
    }

    /// <summary>Where to begin.</summary>
    private void LookUp() => Ask(
        InternalTopic.Offsets,
        Group,
        () => $"fetch the offset of {Group}",
        node => node.Groups.OffsetFetchAsync(
            new OffsetFetchRequest { RequireStable = true, Groups = [new() { GroupId = Group, Topics = [new() { Name = "in", PartitionIndexes = [0] }] }] },
            new GroupClient(Name, "/10.0.0.1", 9)),
        static response => ErrorOf(response),
        response => Follow(response is null ? null : ErrorOf(response), LookUp, () =>
        {
            _position = Math.Max(0, response!.Groups[0].Topics[0].Partitions[0].CommittedOffset);
            Pause(Begin);
        }));

    private static ErrorCode ErrorOf(OffsetFetchResponse response) => response.Groups[0] is { ErrorCode: not ErrorCode.None } group
        ? group.ErrorCode
        : response.Groups[0].Topics[0].Partitions[0].ErrorCode;

    private void Begin()
    {
        if (_processor.IsClosing)
        {
            IsDone = true;
            return;
        }

        Attempt = World.Book.Begin(this);
        _enrolled.Clear();
        _taken = World.Random.Next(1, 5);
        for (var input = 0; input < _taken; input++)
        {
            _outputs.Enqueue((new OutputRecord(_processor, _position + input, Attempt), World.Random.Next(World.Data.Count)));
        }

        Write();
    }

    private void Write()
    {
        if (!_outputs.TryPeek(out var output))
        {
            CommitOffset();
            return;
        }

        var (record, index) = output;
        var partition = World.Data[index];
        Enrolled(partition.Id, () =>
        {
            var (owner, sequence, what) = (Owner, _sequences[index], $"produce input {record.Input} as {Owner.ProducerId}@{Owner.ProducerEpoch}:{_sequences[index]} to {partition.Id}");
            World.Network.Call<object>(
                Name, World.Cluster.AnyNode(), () => what, async node => await partition.ProduceAsync(node, owner, BumpsEpoch, record, sequence), Heard, mayRepeat: BumpsEpoch);
        });

        void Heard(object? error)
        {
            if (!IsDone)
            {
                Follow((ErrorCode?)error, Write, () =>
                {
                    _sequences[index]++;
                    _outputs.Dequeue();
                    Pause(Write);
                });
            }
        }
    }

    private void CommitOffset()
    {
        var partition = World.Cluster.Find(InternalTopic.Offsets, Group);
        var id = new TopicPartition(Processor.OffsetsTopic, partition.Index);
        var request = new TxnOffsetCommitRequest
        {
            GroupId = Group,
            TransactionalId = TransactionalId,
            ProducerId = Owner.ProducerId,
            ProducerEpoch = Owner.ProducerEpoch,
            GenerationId = -1,
            Topics = [new() { Name = "in", Partitions = [new() { PartitionIndex = 0, CommittedOffset = _position + _taken }] }],
        };
        var owner = Owner;
        Enrolled(id, () => Ask(
            InternalTopic.Offsets,
            Group,
            () => $"commit offset {request.Topics[0].Partitions[0].CommittedOffset} of {Group} as {owner.ProducerId}@{owner.ProducerEpoch}",
            async node =>
            {
                if (partition.Leader != node)
                {
                    return new Answer(ErrorCode.NotCoordinator);
                }

                var guard = partition.Log.Producers.BeginVerification(owner.ProducerId, owner.ProducerEpoch, 0, BumpsEpoch);
                var error = guard == 0 ? ErrorCode.None : await AdmitAsync(World, node, owner, id, BumpsEpoch);
                return new Answer(error == ErrorCode.None ? (await node.Groups.TxnOffsetCommitAsync(request, guard)).Topics[0].Partitions[0].ErrorCode : error);
            },
            static answer => answer.Error,
            answer => Follow(answer?.Error, CommitOffset, () => Pause(() => End(World.Random.Next(5) > 0))),
            mayRepeat: BumpsEpoch));
    }

    private void End(bool commits, bool isError = false)
    {
        Attempt!.IsCommitSent |= commits;
        var request = new EndTxnRequest { TransactionalId = TransactionalId, ProducerId = Owner.ProducerId, ProducerEpoch = Owner.ProducerEpoch, Committed = commits };
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"{(commits ? "commit" : "abort")} {TransactionalId} {request.ProducerId}@{request.ProducerEpoch}",
            node => node.Transactions.EndTransactionAsync(request, EndVersion, default),
            static response => response.ErrorCode,
            response => Follow(response?.ErrorCode, () => End(commits, isError), () => Ended(commits, isError, response!), isEnd: true),
            mayRepeat: BumpsEpoch);
    }

    private void Ended(bool commits, bool isError, EndTxnResponse response)
    {
        World.Book.Promised(Attempt!, commits);
        _outputs.Clear();
        if (BumpsEpoch)
        {
            Become(response.ProducerId, response.ProducerEpoch);
        }

        if (isError && !BumpsEpoch)
        {
            // What it does not know of may have got in: only another epoch tells what comes next from it (KIP-360).
            Initialize();
        }
        else if (commits)
        {
            _position += _taken;
            Pause(Begin);
        }
        else
        {
            LookUp();
        }
    }

    private void Become(long producerId, short epoch)
    {
        if (producerId != Owner.ProducerId || epoch != Owner.ProducerEpoch)
        {
            Array.Clear(_sequences);
        }

        Owner = Owner with { ProducerId = producerId, ProducerEpoch = epoch };
    }

    /// <summary>Makes a partition part of the transaction, where that is the producer's affair.</summary>
    private void Enrolled(TopicPartition partition, Action then)
    {
        if (BumpsEpoch || _enrolled.Contains(partition))
        {
            then();
            return;
        }

        var owner = Owner;
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"add {partition} to {owner}",
            async node => new Answer(await node.Transactions.AddPartitionsAsync(owner, [partition], 0)),
            static answer => answer.Error,
            answer => Follow(answer?.Error, () => Enrolled(partition, then), () =>
            {
                _enrolled.Add(partition);
                then();
            }));
    }

    /// <summary>Goes on, tries again, gives the transaction up, or ends, as an error asks for.</summary>
    private void Follow(ErrorCode? error, Action again, Action then, bool isEnd = false)
    {
        switch (error)
        {
            case ErrorCode.None:
                then();
                break;
            case ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidProducerIdMapping or ErrorCode.TransactionalIdNotFound:
                Kill();
                break;
            case ErrorCode.InvalidTxnState or ErrorCode.TransactionAbortable or ErrorCode.OutOfOrderSequenceNumber when isEnd || Attempt is null:
                Kill();
                break;
            case ErrorCode.InvalidTxnState or ErrorCode.TransactionAbortable or ErrorCode.OutOfOrderSequenceNumber:
                End(commits: false, isError: true);
                break;
            default:
                After(World.Between(50, 1000), again);
                break;
        }
    }

    /// <summary>Sometimes for longer than the transaction may last.</summary>
    private void Pause(Action then) => After(World.Chance(0.01) && !World.Weather.IsCalm ? World.Between(1_000, 40_000) : World.Between(0, 300), then);

    private sealed record Answer(ErrorCode Error);
}
