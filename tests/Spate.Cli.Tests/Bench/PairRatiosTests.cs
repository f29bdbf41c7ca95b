using Spate.Cli.Bench;
using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Pairs;
using Spate.Cli.Bench.Processes;

namespace Spate.Cli.Tests.Bench;

public sealed class PairRatiosTests
{
    [Fact]
    public void The_median_of_an_odd_number_is_the_one_in_the_middle()
    {
        var ratios = Of((2, 3), (1, 1), (4, 2));
        Assert.Equal((3, 1.0, 0.5, 1.5), (ratios.Count, ratios.Median, ratios.Least, ratios.Most));
    }

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_two_in_the_middle()
    {
        var ratios = Of((1, 4), (1, 1), (1, 2), (1, 1));
        Assert.Equal((4, 1.5, 1.0, 4.0), (ratios.Count, ratios.Median, ratios.Least, ratios.Most));
    }

    [Fact]
    public void A_pair_that_lacks_a_figure_is_left_out()
    {
        var ratios = Of((null, 1), (1, null), (0, 1), (2, 1));
        Assert.Equal((1, 0.5), (ratios.Count, ratios.Median));
    }

    [Fact]
    public void Ratios_are_of_the_second_shape_over_the_first_whichever_came_first()
    {
        var listing = PairReport.Ratios([Run(1, isFirst: true, 100), Run(1, isFirst: false, 200), Run(2, isFirst: false, 100), Run(2, isFirst: true, 100), Run(3, isFirst: true, 5)]);
        var rate = listing.Rows.Single(static row => (string?)row[0] == "recordsPerSecond");
        Assert.Equal([2, 1.5, 1.0, 2.0], rate[1..]);
        Assert.Equal([2, 0.75, 0.5, 1.0], listing.Rows.Single(static row => (string?)row[0] == "clientCpuPerRecord")[1..]);
        Assert.DoesNotContain(listing.Rows, static row => (string?)row[0] == "brokerCpuPerRecord");
    }

    [Theory]
    [InlineData(0.0123456, 0.01235)]
    [InlineData(1.23456, 1.235)]
    [InlineData(123456.7, 123457)]
    [InlineData(0, 0)]
    public void Four_digits_are_told(double number, double told) => Assert.Equal(told, FiguresReport.Rounded(number));

    private static PairRatios Of(params (double? First, double? Second)[] pairs)
    {
        var ratios = new PairRatios();
        foreach (var (first, second) in pairs)
        {
            ratios.Add(first, second);
        }

        return ratios;
    }

    private static PairRun Run(int pair, bool isFirst, long records) => new(pair, isFirst, new RunFigures
    {
        Sent = new Flow(records, records, TimeSpan.FromSeconds(1)),
        Processes = [new ProcessUse(ProcessUse.Client, 1, "spate", TimeSpan.FromSeconds(1), 1)],
    });
}
