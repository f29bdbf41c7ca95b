namespace Spate.Metadata.Log;

/// <summary>When snapshots of the log of decisions are taken. Immutable.</summary>
public sealed record SnapshotSettings
{
    /// <summary>So many bytes of decisions since the last snapshot call for another (<c>metadata.log.max.record.bytes.between.snapshots</c>), from 1.</summary>
    public long RecordBytesMax { get; init; } = 20_971_520;

    /// <summary>
    /// So much time since the last snapshot calls for another as soon as something is decided (<c>metadata.log.max.snapshot.interval.ms</c>); zero
    /// leaves it to the bytes.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);
}
