using System.Globalization;

namespace Spate.Storage.Segments;

/// <summary>How the files of a segment are called: the base offset in twenty digits, then what the file holds, then what is happening to it.</summary>
public static class SegmentFileNames
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";

    /// <summary>Producer state at the offset in the name. Not part of a segment, though it is deleted with one.</summary>
    public const string ProducerSnapshot = ".snapshot";

    /// <summary>Renamed so and deleted a while later, when nobody can be reading any more.</summary>
    public const string Deleted = ".deleted";

    /// <summary>Being written by the cleaner; worth nothing until it is renamed.</summary>
    public const string Cleaned = ".cleaned";

    /// <summary>Whole, and about to take the place of the segments it was made from.</summary>
    public const string Swap = ".swap";

    public const string Temporary = ".tmp";

    private const int Digits = 20;

    /// <summary>The name of a file, for example <c>00000000000000000042.log</c>.</summary>
    public static string Of(long baseOffset, string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{baseOffset:D20}{kind}");

    /// <summary>Takes a name apart: <c>00000000000000000042.log.swap</c> is 42, <c>.log</c> and <c>.swap</c>.</summary>
    /// <returns>False when it is not the name of a file that belongs to an offset.</returns>
    public static bool TryParse(string name, out long baseOffset, out string kind, out string state)
    {
        kind = string.Empty;
        state = string.Empty;
        if (name.Length <= Digits
            || name[Digits] != '.'
            || !long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset))
        {
            baseOffset = -1;
            return false;
        }

        var next = name.IndexOf('.', Digits + 1);
        kind = next < 0 ? name[Digits..] : name[Digits..next];
        state = next < 0 ? string.Empty : name[next..];
        return true;
    }
}
