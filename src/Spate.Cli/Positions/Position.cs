using System.Globalization;
using Spate.Cli.Grammar;

namespace Spate.Cli.Positions;

/// <summary>A place in the logs of partitions, as the command line says it.</summary>
/// <param name="Kind">How it is said.</param>
/// <param name="Offset">The offset, or the number of records before the end.</param>
/// <param name="Time">The time.</param>
internal sealed record Position(PositionKind Kind, long Offset = 0, DateTimeOffset Time = default)
{
    public const string Form = "beginning, end, an offset, -n for n records before the end, " + Moments.TimeForm;

    public static Position Beginning { get; } = new(PositionKind.Beginning);

    public static Position End { get; } = new(PositionKind.End);

    public static bool TryParse(string text, DateTimeOffset now, out Position position)
    {
        position = Beginning;
        if (text is "beginning" or "end")
        {
            position = text == "end" ? End : Beginning;
            return true;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset) && (offset < 0 || !Moments.TryTime(text, now, out _)))
        {
            position = offset < 0 ? new Position(PositionKind.BeforeEnd, -offset) : new Position(PositionKind.Offset, offset);
            return offset > long.MinValue;
        }

        if (Moments.TryTime(text, now, out var time))
        {
            position = new Position(PositionKind.Time, Time: time);
            return true;
        }

        return false;
    }
}
