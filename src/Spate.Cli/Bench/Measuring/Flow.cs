namespace Spate.Cli.Bench.Measuring;

/// <summary>Records that went somewhere in a time.</summary>
/// <param name="Records">How many.</param>
/// <param name="Bytes">Bytes of their values.</param>
/// <param name="Time">From the beginning until the last of them was there.</param>
internal readonly record struct Flow(long Records, long Bytes, TimeSpan Time)
{
    /// <summary>Records each second; 0 when there are none.</summary>
    public double RecordsPerSecond => Time > TimeSpan.Zero ? Records / Time.TotalSeconds : 0;

    /// <summary>Bytes each second; 0 when there are none.</summary>
    public double BytesPerSecond => Time > TimeSpan.Zero ? Bytes / Time.TotalSeconds : 0;
}
