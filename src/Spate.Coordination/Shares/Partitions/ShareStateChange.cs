namespace Spate.Coordination.Shares.Partitions;

/// <summary>
/// A change of a share partition that has to be written down. What takes effect only then is in the hands of nobody until
/// <see cref="SharePartition.Commit"/> or <see cref="SharePartition.RollBack"/> says how the write ended.
/// </summary>
public sealed class ShareStateChange
{
    internal ShareStateChange()
    {
    }

    /// <summary>The first offset that is not finished once the change is written down.</summary>
    public long StartOffset { get; internal set; }

    /// <summary>Offsets from <see cref="StartOffset"/> on that are finished then.</summary>
    public int DeliveryCompleteCount { get; internal set; }

    /// <summary>What has become of which records, in the order of their offsets; those before <see cref="StartOffset"/> are left out.</summary>
    public IReadOnlyList<StateBatch> Batches { get; internal set; } = [];

    /// <summary>Records that the change gives up. Who keeps dead letters writes them before the change is written down, so that none is lost in between.</summary>
    public IReadOnlyList<DeadLetters> DeadLetters { get; internal set; } = [];
}
