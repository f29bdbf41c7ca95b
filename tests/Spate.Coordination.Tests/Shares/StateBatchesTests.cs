using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;

namespace Spate.Coordination.Tests.Shares;

public sealed class StateBatchesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Combined_batches_say_of_each_offset_what_was_said_last(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var said = new SortedDictionary<long, (DeliveryState, short)>();
            IReadOnlyList<StateBatch> combined = [];
            var start = 0L;
            for (var step = 0; step < 6; step++)
            {
                var newer = Enumerable.Range(0, random.Next(3)).Select(_ =>
                {
                    var first = random.Next(40);
                    return new StateBatch(first, first + random.Next(10), random.Next(2) == 0 ? DeliveryState.Available : DeliveryState.Archived, (short)random.Next(2));
                }).ToList();
                start += random.Next(5);
                combined = StateBatches.Combine(start, combined, newer);
                foreach (var batch in newer)
                {
                    for (var offset = batch.First; offset <= batch.Last; offset++)
                    {
                        said[offset] = (batch.State, batch.DeliveryCount);
                    }
                }

                var expected = said.Where(one => one.Key >= start).Select(static one => (one.Key, one.Value)).ToList();
                said = new(expected.ToDictionary(static one => one.Key, static one => one.Value));
                Assert.Equal(expected, combined.SelectMany(static batch => Range(batch)).ToList());
                for (var index = 1; index < combined.Count; index++)
                {
                    var (left, right) = (combined[index - 1], combined[index]);
                    Assert.False(left.Last + 1 == right.First && left.State == right.State && left.DeliveryCount == right.DeliveryCount, $"seed {seed}: {left} and {right} are one.");
                }
            }
        }
    }

    private static IEnumerable<(long, (DeliveryState, short))> Range(StateBatch batch)
    {
        for (var offset = batch.First; offset <= batch.Last; offset++)
        {
            yield return (offset, (batch.State, batch.DeliveryCount));
        }
    }
}
