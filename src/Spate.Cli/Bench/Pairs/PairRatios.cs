namespace Spate.Cli.Bench.Pairs;

/// <summary>The ratios of one figure, second shape over first, each taken within a pair of runs that followed each other: what changes slowly on a machine is the same for both.</summary>
internal sealed class PairRatios
{
    private readonly List<double> _ratios = [];

    /// <summary>How many pairs had the figure.</summary>
    public int Count => _ratios.Count;

    /// <summary>The least of them. There must be one.</summary>
    public double Least => _ratios[0];

    /// <summary>The most of them. There must be one.</summary>
    public double Most => _ratios[^1];

    /// <summary>The one in the middle, or half way between the two there. There must be one.</summary>
    public double Median => (_ratios[(_ratios.Count - 1) / 2] + _ratios[_ratios.Count / 2]) / 2;

    /// <summary>Adds a pair; one that lacks a figure, or has nothing to be divided by, is left out.</summary>
    public void Add(double? first, double? second)
    {
        if (first is > 0 && second is { } of && double.IsFinite(of / first.Value))
        {
            var ratio = of / first.Value;
            var at = _ratios.BinarySearch(ratio);
            _ratios.Insert(at < 0 ? ~at : at, ratio);
        }
    }
}
