using Spate.Cli.Bench.Measuring;

namespace Spate.Cli.Tests.Bench;

public sealed class LatencyHistogramTests
{
    private const int Seed = 20260501;
    private const int Precision = 128;

    private static readonly double[] Percents = [0.1, 10, 50, 90, 99, 99.9, 99.99, 100];

    [Fact]
    public void Nothing_has_no_percentiles()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0L, 0L, 0L, 0L), (histogram.Count, histogram.Percentile(50), histogram.Percentile(100), histogram.Max));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(123_456_789)]
    [InlineData(long.MaxValue)]
    public void One_value_is_every_percentile_exactly(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(value);
        Assert.All(Percents, percent => Assert.Equal(value, histogram.Percentile(percent)));
        Assert.Equal((1L, value), (histogram.Count, histogram.Max));
    }

    [Fact]
    public void Small_values_are_told_exactly()
    {
        var histogram = new LatencyHistogram();
        for (var value = 1; value <= 200; value++)
        {
            histogram.Add(value);
        }

        Assert.Equal((100L, 180L, 198L, 200L), (histogram.Percentile(50), histogram.Percentile(90), histogram.Percentile(99), histogram.Percentile(100)));
    }

    [Fact]
    public void A_percentile_is_never_below_the_true_one_nor_more_than_a_128th_above_it()
    {
        var random = new Random(Seed);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 40)).ToArray();
        var histogram = new LatencyHistogram();
        Array.ForEach(values, histogram.Add);
        Array.Sort(values);
        Assert.All(Percents, percent =>
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(values.Length * percent / 100) - 1)];
            var told = histogram.Percentile(percent);
            Assert.True(told >= exact && told - exact <= exact / Precision, $"p{percent} is {exact}, and {told} is told. Seed {Seed}.");
        });
    }

    [Fact]
    public void Every_bucket_goes_on_where_the_one_before_it_ends()
    {
        // Two neighbours around each power of two, where buckets change their width.
        for (var bit = 7; bit < 63; bit++)
        {
            foreach (var value in new[] { (1L << bit) - 1, 1L << bit, (1L << bit) + 1 })
            {
                var histogram = new LatencyHistogram();
                histogram.Add(value);
                histogram.Add(long.MaxValue);
                var told = histogram.Percentile(50);
                Assert.True(told >= value && told - value <= value / Precision, $"{value} is told as {told}.");
            }
        }
    }

    [Fact]
    public void The_sum_of_two_is_what_one_would_have_counted()
    {
        var random = new Random(Seed);
        var (one, two, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var index = 0; index < 10_000; index++)
        {
            var value = random.NextInt64(1_000_000_000);
            (index % 3 == 0 ? one : two).Add(value);
            both.Add(value);
        }

        one.Add(two);
        Assert.Equal((both.Count, both.Max), (one.Count, one.Max));
        Assert.All(Percents, percent => Assert.Equal(both.Percentile(percent), one.Percentile(percent)));
    }

    [Fact]
    public void Cleared_it_has_counted_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(5);
        histogram.Clear();
        Assert.Equal((0L, 0L), (histogram.Count, histogram.Max));
    }

    [Fact]
    public void A_value_below_zero_counts_as_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-5);
        Assert.Equal((1L, 0L), (histogram.Count, histogram.Max));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    public void A_percentile_that_there_is_not_is_refused(double percent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Percentile(percent));

    [Fact]
    public void Figures_are_in_time_and_never_below_what_was_counted()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(1_000_001);
        var figures = LatencyFigures.Of(histogram, frequency: 1_000_000_000);
        Assert.Equal((1L, 10_001L), (figures.Count, figures.P50.Ticks));
        Assert.Equal(figures.P50, figures.Max);
    }
}
