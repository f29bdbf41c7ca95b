namespace Spate.Client.Connections;

/// <summary>The client's one source of randomness, for all of its threads.</summary>
internal sealed class Chance(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>From 0 up to, but not including, <paramref name="bound"/>.</summary>
    public int Next(int bound)
    {
        lock (_gate)
        {
            return random.Next(bound);
        }
    }

    /// <summary>From 0 up to, but not including, 1.</summary>
    public double NextDouble()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }

    public void Shuffle<T>(Span<T> values)
    {
        lock (_gate)
        {
            random.Shuffle(values);
        }
    }
}
