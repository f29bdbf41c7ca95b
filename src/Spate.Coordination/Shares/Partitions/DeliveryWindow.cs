namespace Spate.Coordination.Shares.Partitions;

/// <summary>
/// The stretch of a partition in which records of a share group are under way, as runs that follow one another without a gap. Before <see cref="Start"/>
/// everything is finished; from <see cref="End"/> on nothing has been delivered yet. There are never more runs than twice the records that are under way, and one.
/// </summary>
internal sealed class DeliveryWindow(long start)
{
    private readonly List<DeliveryRun> _runs = [];

    public long Start { get; private set; } = start;

    public long End => _runs.Count == 0 ? Start : _runs[^1].Last + 1;

    public IReadOnlyList<DeliveryRun> Runs => _runs;

    /// <summary>Records that are not finished.</summary>
    public long Unfinished { get; private set; }

    public DeliveryRun Append(long last, DeliveryState state, short deliveryCount)
    {
        var run = new DeliveryRun(End, last, state, deliveryCount);
        _runs.Add(run);
        return run;
    }

    /// <summary>
    /// The runs that cover the offsets exactly, as far as they lie in the window; runs that reach beyond are split. What is asked for must not be outside it.
    /// </summary>
    public IReadOnlyList<DeliveryRun> Cover(long first, long last)
    {
        var from = Split(first);
        var to = last + 1 >= End ? _runs.Count : Split(last + 1);
        return _runs.GetRange(from, to - from);
    }

    /// <summary>Lets go of what is before an offset, whatever its state: it has been deleted from the log.</summary>
    public void CutBefore(long offset)
    {
        if (offset <= Start)
        {
            return;
        }

        if (offset >= End)
        {
            _runs.Clear();
        }
        else
        {
            _runs.RemoveRange(0, Split(offset));
        }

        Start = offset;
        Tidy();
    }

    /// <summary>Joins neighbours of which the same is known, lets go of what is finished at the beginning, and counts again.</summary>
    public void Tidy()
    {
        var kept = 0;
        Unfinished = 0;
        for (var index = 0; index < _runs.Count; index++)
        {
            var run = _runs[index];
            if (kept == 0 && run.IsFinished)
            {
                Start = run.Last + 1;
                continue;
            }

            Unfinished += run.IsFinished ? 0 : run.Count;
            if (kept > 0 && _runs[kept - 1].Resembles(run))
            {
                _runs[kept - 1].Last = run.Last;
                continue;
            }

            _runs[kept++] = run;
        }

        _runs.RemoveRange(kept, _runs.Count - kept);
    }

    /// <summary>Where the run that begins with the offset stands; it is split off when there is none yet.</summary>
    private int Split(long offset)
    {
        var (low, high) = (0, _runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].Last < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (_runs[low].First == offset)
        {
            return low;
        }

        _runs.Insert(low + 1, _runs[low].SplitAt(offset));
        return low + 1;
    }
}
