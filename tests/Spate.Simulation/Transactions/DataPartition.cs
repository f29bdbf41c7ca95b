using Spate.Coordination;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>A partition that transactions write to, and whoever reads from it what is committed.</summary>
internal sealed class DataPartition(World world, int index)
{
    public const string Topic = "out";
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<long, List<Entry>> _open = [];
    private readonly ProducerLedger _producers = new(world.Agenda);
    private int _readTo;

    public TopicPartition Id { get; } = new(Topic, index);

    /// <summary>What Produce does: asks the coordinator about the first record of a transaction, and writes.</summary>
    public async ValueTask<ErrorCode> ProduceAsync(Node leader, TransactionOwner owner, bool bumpsEpoch, OutputRecord record, int sequence)
    {
        var guard = _producers.BeginVerification(owner.ProducerId, owner.ProducerEpoch, sequence, bumpsEpoch);
        var error = guard == 0 || !world.Sabotage.ChecksProducers ? ErrorCode.None : await TransactionAdmission.AskAsync(world, leader, owner, Id, bumpsEpoch);
        return error == ErrorCode.None ? Write(new ProducerStamp(owner.ProducerId, owner.ProducerEpoch, guard), sequence, record) : error;
    }

    public ErrorCode End(TransactionEnd end)
    {
        var error = _producers.Admit(end);
        if (error != ErrorCode.None)
        {
            return error;
        }

        world.Book.Ended(Id, end);
        _producers.Write(end);
        _entries.Add(new Entry(null));
        if (_open.Remove(end.ProducerId, out var ended))
        {
            ended.ForEach(entry => entry.IsCommitted = end.IsCommit);
        }

        return ErrorCode.None;
    }

    /// <summary>Reads on, as far as a reader of committed records may.</summary>
    public string Read()
    {
        var from = _readTo;
        for (var last = world.Sabotage.Readable(_producers.LastStableOffset, _producers.EndOffset); _readTo < last; _readTo++)
        {
            var entry = _entries[_readTo];
            if (entry.Record is { } record && entry.IsCommitted != false)
            {
                if (entry.IsCommitted is null || record.Attempt.Outcome != true)
                {
                    world.Fault(Checks.Promises, $"{Id} lets {record.Attempt} be read, which is not committed");
                }

                record.Processor.Read(record);
            }
        }

        return $"{Id} is read from {from} to {_readTo}";
    }

    private ErrorCode Write(ProducerStamp producer, int sequence, OutputRecord record)
    {
        var error = _producers.Admit(producer, sequence);
        if (error == ErrorCode.DuplicateSequenceNumber)
        {
            if (world.Sabotage.KnowsDuplicates)
            {
                return ErrorCode.None;
            }
        }
        else if (error != ErrorCode.None && world.Sabotage.ChecksProducers)
        {
            return error;
        }

        _producers.Write(producer.ProducerId, producer.ProducerEpoch, sequence);
        world.Book.Wrote(Id, record.Attempt, producer.ProducerId);
        var entry = new Entry(record);
        _entries.Add(entry);
        if (!_open.TryGetValue(producer.ProducerId, out var open))
        {
            _open.Add(producer.ProducerId, open = []);
        }

        open.Add(entry);
        return ErrorCode.None;
    }

    private sealed class Entry(OutputRecord? record)
    {
        /// <summary>Null for a marker.</summary>
        public OutputRecord? Record { get; } = record;

        public bool? IsCommitted { get; set; }
    }
}
