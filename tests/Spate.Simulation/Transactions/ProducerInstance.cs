using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>
/// One instance of a program that works in transactions: takes the transactional id for itself, looks up how far its inputs are done, and then, over and over, writes what
/// comes of a few inputs, commits how far that is, and ends the transaction. Told that it was replaced, it ends.
/// </summary>
internal sealed class ProducerInstance : TransactionalClient
{
    private readonly Processor _processor;
    private readonly HashSet<TopicPartition> _enrolled = [];
    private readonly TransactionWork _work;
    private long _position;

    public ProducerInstance(World world, Processor processor, int number)
        : base(world, $"{processor.Name}#{number}", processor)
    {
        _processor = processor;
        _work = new TransactionWork(world);
        Number = number;
        After(world.Between(0, 1000), Initialize);
    }

    public int Number { get; }

    /// <summary>The transaction that is under way, or was last.</summary>
    public Attempt? Attempt { get; private set; }

    public bool IsDone { get; private set; }

    public void Kill()
    {
        Die();
        IsDone = true;
    }

    private void Initialize() => AskForId(
        given => World.Book.Given(this, given.ProducerEpoch),
        response => Follow(response?.ErrorCode, Initialize, () =>
        {
            Become(response!.ProducerId, response.ProducerEpoch);
            LookUp();
        }));

    /// <summary>Where to begin.</summary>
    private void LookUp() => AskForOffset((error, offset) => Follow(error, LookUp, () =>
    {
        _position = offset;
        Pause(Begin);
    }));

    private void Begin()
    {
        if (_processor.IsClosing)
        {
            IsDone = true;
            return;
        }

        Attempt = World.Book.Begin(this);
        _enrolled.Clear();
        _work.Take(_processor, _position, Attempt);
        Write();
    }

    private void Write()
    {
        if (_work.Next is not { } next)
        {
            CommitOffset();
            return;
        }

        var (record, partition) = next;
        Enrolled(partition.Id, () =>
        {
            var (owner, sequence) = (Owner, _work.Sequence);
            var what = $"produce input {record.Input} as {Owner.ProducerId}@{Owner.ProducerEpoch}:{sequence} to {partition.Id}";
            World.Network.Call<object>(
                Name, World.Cluster.AnyNode(), () => what, async node => await partition.ProduceAsync(node, owner, BumpsEpoch, record, sequence), Heard, mayRepeat: BumpsEpoch);
        });

        void Heard(object? error)
        {
            if (!IsDone)
            {
                Follow((ErrorCode?)error, Write, () =>
                {
                    _work.Written();
                    Pause(Write);
                });
            }
        }
    }

    private void CommitOffset()
    {
        var partition = World.Cluster.Find(InternalTopic.Offsets, Group);
        var id = new TopicPartition(Processor.OffsetsTopic, partition.Index);
        Enrolled(id, () => AskToCommit(
            partition, id, _position + _work.Taken, error => Follow(error, CommitOffset, () => Pause(() => End(World.Random.Next(5) > 0)))));
    }

    private void End(bool commits, bool isError = false)
    {
        Attempt!.IsCommitSent |= commits;
        AskToEnd(commits, response => Follow(response?.ErrorCode, () => End(commits, isError), () => Ended(commits, isError, response!), isEnd: true));
    }

    private void Ended(bool commits, bool isError, EndTxnResponse response)
    {
        World.Book.Promised(Attempt!, commits);
        _work.Drop();
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
            _position += _work.Taken;
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
            _work.CountAnew();
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

        AskToEnrol(partition, error => Follow(error, () => Enrolled(partition, then), () =>
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
}
