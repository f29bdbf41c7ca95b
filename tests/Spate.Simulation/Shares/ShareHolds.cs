namespace Spate.Simulation.Shares;

/// <summary>Who holds which record by the word of one leader, as the members know it.</summary>
internal sealed class ShareHolds
{
    private readonly Dictionary<long, (string Member, long UntilMs)> _holds = [];

    /// <summary>A member is given a record.</summary>
    /// <returns>Who holds it already; null when nobody does.</returns>
    public string? Take(long offset, string member, long untilMs)
    {
        var holder = _holds.TryGetValue(offset, out var hold) ? hold.Member : null;
        _holds[offset] = (member, untilMs);
        return holder;
    }

    /// <summary>The lock begins anew.</summary>
    public void Renew(long offset, string member, long untilMs) => _holds[offset] = (member, untilMs);

    public void Release(long offset) => _holds.Remove(offset);

    /// <summary>Whoever holds something for longer than it may holds it no longer.</summary>
    public void Expire(long nowMs)
    {
        foreach (var (offset, _) in _holds.Where(hold => hold.Value.UntilMs <= nowMs).ToList())
        {
            _holds.Remove(offset);
        }
    }
}
