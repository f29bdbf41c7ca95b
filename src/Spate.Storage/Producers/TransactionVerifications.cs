namespace Spate.Storage.Producers;

/// <summary>
/// The producers of one partition whose next transaction must be confirmed by its coordinator before its first batch is appended
/// (KIP-890 part 1). At most one for each producer id; those never used expire with the idle producer ids. Not safe for use by several
/// threads at once: the log's lock is held.
/// </summary>
internal sealed class TransactionVerifications
{
    private readonly Dictionary<long, Verification> _pending = [];

    private long _lastNumber;

    public VerificationGuard Begin(long producerId, short epoch, int sequence, bool bumpsEpoch, long time)
    {
        if (_pending.TryGetValue(producerId, out var pending))
        {
            pending.Meet(epoch, sequence);
            return pending.Guard;
        }

        var verification = new Verification(new VerificationGuard(++_lastNumber), epoch, sequence, bumpsEpoch, time);
        _pending.Add(producerId, verification);
        return verification.Guard;
    }

    public Verification? Find(long producerId) => _pending.Count == 0 ? null : _pending.GetValueOrDefault(producerId);

    public bool Confirms(long producerId, VerificationGuard guard) =>
        !guard.IsNone && Find(producerId) is { } pending && pending.Guard == guard;

    public void Remove(long producerId)
    {
        if (_pending.Count > 0)
        {
            _pending.Remove(producerId);
        }
    }

    public void RemoveStartedBefore(long time)
    {
        foreach (var (producerId, verification) in _pending)
        {
            if (verification.StartTime <= time)
            {
                _pending.Remove(producerId);
            }
        }
    }

    public void Clear() => _pending.Clear();
}
