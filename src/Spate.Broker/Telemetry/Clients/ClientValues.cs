namespace Spate.Broker.Telemetry.Clients;

/// <summary>
/// The values of all clients, at most so many and of so much text; what comes beyond is not taken, until clients go. Under the lock of
/// <see cref="ClientTelemetry"/>.
/// </summary>
internal sealed class ClientValues(int countMax, int countOfClientMax)
{
    /// <summary>Characters of names and labels that are kept over all values: 16 MiB of memory.</summary>
    private const int TextMax = 8 << 20;

    private long _text;

    public int Count { get; private set; }

    /// <summary>Takes the values of a push in.</summary>
    /// <returns>How many there was no room for.</returns>
    public int Take(ClientInstance instance, IReadOnlyList<TelemetryPoint> points)
    {
        var dropped = 0;
        foreach (var point in points)
        {
            var isKnown = instance.Values.TryGetValue(point.Key, out var known);
            if (!isKnown && !TryReserve(instance, point.Key))
            {
                dropped++;
                continue;
            }

            instance.Values[point.Key] = new TelemetryValue(point.IsDelta && isKnown ? known.Value + point.Value : point.Value, point.IsSum, point.TimeMs);
        }

        return dropped;
    }

    /// <summary>Lets go of what a client pushed that is not remembered any more.</summary>
    public void Forget(ClientInstance instance)
    {
        Count -= instance.Values.Count;
        foreach (var key in instance.Values.Keys)
        {
            _text -= Length(key);
        }

        instance.Values.Clear();
    }

    private static int Length(TelemetryKey key) => key.Name.Length + key.Labels.Length;

    private bool TryReserve(ClientInstance instance, TelemetryKey key)
    {
        if (Count >= countMax || instance.Values.Count >= countOfClientMax || _text + Length(key) > TextMax)
        {
            return false;
        }

        Count++;
        _text += Length(key);
        return true;
    }
}
