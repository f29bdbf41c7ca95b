using System.Globalization;
using Spate.Cli.Running;

namespace Spate.Cli.Consuming;

/// <summary>How far <c>spate consume</c> has come: by the number that is wanted, else by the ends of partitions, else by what was written alone.</summary>
internal static class ReadingProgress
{
    /// <param name="sink">Where records go.</param>
    /// <param name="ends">The ends; null when reading goes on for ever.</param>
    /// <param name="countMax">How many are wanted; null for all.</param>
    /// <param name="isSearching">Whether records are passed over.</param>
    public static Progress Of(RecordSink sink, EndWatch? ends, long? countMax, bool isSearching)
    {
        var written = sink.Count;
        if (ends is null || (countMax is not null && !isSearching))
        {
            return new Progress(written, ends is null ? countMax : Math.Min(countMax!.Value, Math.Max(ends.Offsets.Total, written)), isSearching ? "records match" : "records read");
        }

        var (done, total) = ends.Offsets;
        return new Progress(done, total, "records read") { Remark = isSearching ? string.Create(CultureInfo.InvariantCulture, $"{written:N0} match") : "" };
    }
}
