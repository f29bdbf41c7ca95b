namespace Spate.Coordination.Shares.Partitions;

/// <summary>Gathers what a member is given into ranges of about the size that it likes.</summary>
internal sealed class AcquiredRanges(int batchSize)
{
    private readonly List<AcquiredRange> _ranges = [];

    public IReadOnlyList<AcquiredRange> Ranges => _ranges;

    public int Records { get; private set; }

    /// <summary>Those that were never delivered before.</summary>
    public long NewRecords { get; set; }

    public void Add(DeliveryRun run)
    {
        Records += (int)run.Count;
        if (_ranges.Count > 0 && _ranges[^1] is var last && last.Last + 1 == run.First && last.DeliveryCount == run.DeliveryCount && last.Last - last.First + 1 < batchSize)
        {
            _ranges[^1] = last with { Last = run.Last };
            return;
        }

        _ranges.Add(new AcquiredRange(run.First, run.Last, run.DeliveryCount));
    }
}
