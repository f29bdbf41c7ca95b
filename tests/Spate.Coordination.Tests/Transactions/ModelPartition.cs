using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>
/// One partition that transactions write to, by the rules of a log: who has an older epoch is refused, what is verified is good until a marker
/// comes, and a marker decides about all that its producer has written since the last one.
/// </summary>
internal sealed class ModelPartition
{
    private readonly Dictionary<long, (short Epoch, int CoordinatorEpoch)> _known = [];
    private readonly Dictionary<long, List<int>> _open = [];
    private readonly Dictionary<long, long> _guards = [];
    private long _nextGuard = 1;

    /// <summary>How each transaction ended here, by its number.</summary>
    public Dictionary<int, bool> Outcomes { get; } = [];

    /// <summary>Transactions that have been ended twice and differently, which none may be.</summary>
    public List<string> Faults { get; } = [];

    public bool HasOpen => _open.Count > 0;

    /// <summary>0 when the producer's transaction is open here already.</summary>
    public long BeginVerification(long producerId, short epoch) =>
        _open.ContainsKey(producerId) && _known[producerId].Epoch == epoch ? 0 : _guards[producerId] = _nextGuard++;

    public bool Write(long producerId, short epoch, long guard, int transaction)
    {
        var isOpen = _open.ContainsKey(producerId) && _known[producerId].Epoch == epoch;
        if ((!isOpen && (guard == 0 || _guards.GetValueOrDefault(producerId) != guard)) || (_known.TryGetValue(producerId, out var known) && epoch < known.Epoch))
        {
            return false;
        }

        _guards.Remove(producerId);
        _known[producerId] = (epoch, _known.GetValueOrDefault(producerId, (epoch, -1)).Item2);
        if (!_open.TryGetValue(producerId, out var written))
        {
            _open.Add(producerId, written = []);
        }

        written.Add(transaction);
        return true;
    }

    public ErrorCode End(TransactionEnd end)
    {
        if (_known.TryGetValue(end.ProducerId, out var known))
        {
            if (end.ProducerEpoch < known.Epoch || (end.TransactionVersion >= 2 && end.ProducerEpoch == known.Epoch && _open.ContainsKey(end.ProducerId)))
            {
                return ErrorCode.InvalidProducerEpoch;
            }

            if (end.CoordinatorEpoch < known.CoordinatorEpoch)
            {
                return ErrorCode.TransactionCoordinatorFenced;
            }
        }

        _known[end.ProducerId] = (end.ProducerEpoch, end.CoordinatorEpoch);
        _guards.Remove(end.ProducerId);
        if (_open.Remove(end.ProducerId, out var written))
        {
            foreach (var transaction in written.Distinct())
            {
                if (Outcomes.TryGetValue(transaction, out var before) && before != end.IsCommit)
                {
                    Faults.Add($"transaction {transaction} was ended twice, and differently");
                }

                Outcomes[transaction] = end.IsCommit;
            }
        }

        return ErrorCode.None;
    }
}
