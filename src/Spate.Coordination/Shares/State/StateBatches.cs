using Spate.Coordination.Shares.Partitions;

namespace Spate.Coordination.Shares.State;

/// <summary>Lays newer batches over older ones.</summary>
internal static class StateBatches
{
    /// <summary>
    /// The batches in order, without overlap, neighbours of the same kind joined, and nothing before the start. Where batches overlap the later one holds: what comes
    /// from a partition's leader comes in the order in which it happened.
    /// </summary>
    public static IReadOnlyList<StateBatch> Combine(long start, IReadOnlyList<StateBatch> older, IReadOnlyList<StateBatch> newer)
    {
        var ordered = new List<StateBatch>(older);
        foreach (var batch in newer)
        {
            Lay(ordered, batch);
        }

        var combined = new List<StateBatch>(ordered.Count);
        foreach (var batch in ordered)
        {
            if (batch.Last < start)
            {
                continue;
            }

            var cut = batch with { First = Math.Max(batch.First, start) };
            if (combined.Count > 0 && combined[^1] is var last && last.Last + 1 == cut.First && last.State == cut.State && last.DeliveryCount == cut.DeliveryCount)
            {
                combined[^1] = last with { Last = cut.Last };
            }
            else
            {
                combined.Add(cut);
            }
        }

        return combined;
    }

    private static void Lay(List<StateBatch> ordered, StateBatch batch)
    {
        var index = ordered.FindIndex(one => one.Last >= batch.First);
        if (index < 0)
        {
            ordered.Add(batch);
            return;
        }

        while (index < ordered.Count && ordered[index].First <= batch.Last)
        {
            var covered = ordered[index];
            ordered.RemoveAt(index);
            if (covered.First < batch.First)
            {
                ordered.Insert(index++, covered with { Last = batch.First - 1 });
            }

            if (covered.Last > batch.Last)
            {
                ordered.Insert(index, covered with { First = batch.Last + 1 });
                break;
            }
        }

        ordered.Insert(index, batch);
    }
}
