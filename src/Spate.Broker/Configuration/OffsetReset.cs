using System.Xml;

namespace Spate.Broker.Configuration;

/// <summary>Where to begin to read: <c>earliest</c>, <c>latest</c> or <c>by_duration:</c> with a duration of ISO 8601.</summary>
internal static class OffsetReset
{
    private const string ByDuration = "by_duration:";

    /// <summary>How long ago to begin; null for a value that names no duration. Only a value without a fault is given.</summary>
    public static TimeSpan? DurationOf(string text) =>
        text.StartsWith(ByDuration, StringComparison.Ordinal) ? XmlConvert.ToTimeSpan(text[ByDuration.Length..]) : null;

    /// <summary>Says in the end of a sentence what is wrong with a value, or returns null.</summary>
    public static string? Fault(string text)
    {
        if (text is "earliest" or "latest")
        {
            return null;
        }

        if (!text.StartsWith(ByDuration, StringComparison.Ordinal))
        {
            return "must be earliest, latest or by_duration: with a duration such as P1D";
        }

        try
        {
            return XmlConvert.ToTimeSpan(text[ByDuration.Length..]) < TimeSpan.Zero ? "must not have a negative duration" : null;
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            return "has no duration of the form PnDTnHnMn.nS";
        }
    }
}
