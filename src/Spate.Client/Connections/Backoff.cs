namespace Spate.Client.Connections;

/// <summary>
/// A wait that doubles with each failure up to a longest one, spread by a fifth either way so that clients that failed together do not come
/// back together (KIP-580).
/// </summary>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    private const double Spread = 0.2;

    /// <summary>Beyond so many doublings every backoff has reached its longest.</summary>
    private const int DoublingsMax = 40;

    /// <param name="failures">How many there were in a row, from 1.</param>
    /// <param name="chance">Spreads the wait.</param>
    public TimeSpan After(int failures, Chance chance)
    {
        var doubled = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, DoublingsMax));
        var spread = 1 + (((chance.NextDouble() * 2) - 1) * Spread);
        return TimeSpan.FromMilliseconds(Math.Min(doubled, Math.Max(First.TotalMilliseconds, Longest.TotalMilliseconds)) * spread);
    }
}
