using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>
/// What is committed of one partition of an internal topic, and the one append that may be under way to it. A new epoch decides about that
/// append: it was replicated in time, or is gone for good.
/// </summary>
internal sealed class InternalLog(World world, string name)
{
    private PendingAppend? _underWay;

    public List<LogEntry> Entries { get; private set; } = [];

    public ProducerLedger Producers { get; } = new(world.Agenda);

    /// <summary>The epoch of whoever may append.</summary>
    public int Epoch { get; private set; }

    public bool HasAppendUnderWay => _underWay is not null;

    /// <summary>Told what was written.</summary>
    public Action<IReadOnlyList<LogEntry>>? Written { get; set; }

    /// <summary>Told of records of transactions that have got into the log: of which producer, in which epoch.</summary>
    public Action<long, short>? TransactionWritten { get; set; }

    /// <summary>Told of the ends of transactions that have got into the log.</summary>
    public Action<TransactionEnd>? TransactionEnded { get; set; }

    public ICoordinatorLog LedBy(Node node, int epoch) => new LogOfLeader(world, this, node, epoch);

    public int BeginEpoch()
    {
        LeaderDied();
        return ++Epoch;
    }

    /// <summary>The leader is gone in the middle of whatever it had begun.</summary>
    public void LeaderDied()
    {
        _underWay?.Decide(world.Random.Next(2) == 0 ? ErrorCode.None : ErrorCode.NotLeaderOrFollower);
        _underWay = null;
    }

    /// <summary>Begins an append, which is committed or refused by whoever decides first.</summary>
    public PendingAppend Begin(IReadOnlyList<LogEntry> entries, short producerEpoch, TransactionEnd? end)
    {
        if (_underWay is not null)
        {
            world.Fault(Checks.Appends, $"{name} is appended to while another append is under way");
        }

        return _underWay = new PendingAppend(error =>
        {
            _underWay = null;
            return error == ErrorCode.None ? AppendResult.Committed(Write(entries, producerEpoch, end)) : AppendResult.Refused(error);
        });
    }

    /// <summary>Keeps the last record of each key, as far as all transactions have ended, and what of tombstones is still needed by nobody goes.</summary>
    public void Compact() => Entries = world.Sabotage.Compact(Entries, keepsTombstones: world.Random.Next(2) == 0);

    /// <summary>Deletes what precedes the oldest snapshot that counts: updates add up, so that the last record of a key is not enough.</summary>
    public void Prune() => Entries = LogCompaction.Prune(Entries);

    private long Write(IReadOnlyList<LogEntry> entries, short producerEpoch, TransactionEnd? end)
    {
        foreach (var entry in entries)
        {
            if (end is { } marker)
            {
                Producers.Write(marker);
                TransactionEnded?.Invoke(marker);
            }
            else if (entry.ProducerId >= 0)
            {
                Producers.Write(entry.ProducerId, producerEpoch, -1);
                TransactionWritten?.Invoke(entry.ProducerId, producerEpoch);
            }
            else
            {
                Producers.Write(1);
            }

            Entries.Add(entry);
        }

        Written?.Invoke(entries);
        return Producers.EndOffset - 1;
    }
}
