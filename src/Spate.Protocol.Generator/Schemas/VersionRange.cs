namespace Spate.Protocol.Generator.Schemas;

/// <summary>Versions from <see cref="Low"/> to <see cref="High"/>, both included. An open end is <see cref="short.MaxValue"/>.</summary>
internal readonly record struct VersionRange(int Low, int High)
{
    /// <summary>No version at all.</summary>
    public static VersionRange None => new(short.MaxValue, -1);

    /// <summary>Written with a plus: as far up as there are versions.</summary>
    public bool IsOpen => High == short.MaxValue;

    public bool IsEmpty => Low > High;

    public bool Contains(VersionRange other) => other.Low >= Low && other.High <= High;

    public bool Contains(int version) => version >= Low && version <= High;

    public VersionRange Intersect(VersionRange other) => new(System.Math.Max(Low, other.Low), System.Math.Min(High, other.High));

    /// <summary>The smallest range that holds both.</summary>
    public VersionRange Span(VersionRange other) => new(System.Math.Min(Low, other.Low), System.Math.Max(High, other.High));

    public override string ToString() => Low == High ? $"{Low}" : High == short.MaxValue ? $"{Low}+" : $"{Low}-{High}";

    /// <summary>Reads <c>3</c>, <c>3-5</c> or <c>3+</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = default;
        if (text.EndsWith("+", System.StringComparison.Ordinal))
        {
            return Make(text.Substring(0, text.Length - 1), null, out range);
        }

        var dash = text.IndexOf('-');
        return dash < 0 ? Make(text, text, out range) : Make(text.Substring(0, dash), text.Substring(dash + 1), out range);
    }

    private static bool Make(string low, string? high, out VersionRange range)
    {
        range = default;
        var highest = (int)short.MaxValue;
        if (!IsNumber(low, out var lowest) || (high is not null && !IsNumber(high, out highest)) || lowest > highest)
        {
            return false;
        }

        range = new VersionRange(lowest, highest);
        return true;
    }

    private static bool IsNumber(string text, out int value)
    {
        value = 0;
        return text.Length is > 0 and < 5 && text.All(char.IsDigit) && int.TryParse(text, out value);
    }
}
