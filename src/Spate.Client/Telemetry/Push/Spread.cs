namespace Spate.Client.Telemetry.Push;

/// <summary>Mean and maximum of what was measured since they were last taken. Safe for use by several threads at once.</summary>
internal sealed class Spread
{
    private readonly Lock _gate = new();
    private double _sum;
    private double _max;
    private long _count;

    public void Add(double value)
    {
        lock (_gate)
        {
            _sum += value;
            _max = _count == 0 ? value : Math.Max(_max, value);
            _count++;
        }
    }

    /// <summary>Null when nothing was measured.</summary>
    public (double Mean, double Max)? Take()
    {
        lock (_gate)
        {
            (double, double)? taken = _count == 0 ? null : (_sum / _count, _max);
            (_sum, _max, _count) = (0, 0, 0);
            return taken;
        }
    }
}
