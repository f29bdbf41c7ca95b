using System.Globalization;

namespace Spate.Cli.Grammar;

/// <summary>How lengths of time and points in time are written on the command line.</summary>
internal static class Moments
{
    public const string DurationForm = "a number of seconds, or a number with ms, s, m, h or d behind it, such as 500ms or 2h";

    public const string TimeForm = "a time such as 2026-05-01T12:00:00Z (without a zone it is UTC), milliseconds since 1970, or how long ago, such as 2h";

    /// <summary>From 1970 on, anything shorter is taken for an offset or a number of seconds.</summary>
    private const int DigitsOfMilliseconds = 12;

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        var digits = text.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        var unit = text.Length == digits.Length ? "s" : text[digits.Length..];
        var length = Units.FirstOrDefault(known => known.Unit == unit).Length;
        duration = default;
        if (length == default
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count * length.TotalDays > TimeSpan.FromDays(36500).TotalDays)
        {
            return false;
        }

        duration = count * length;
        return true;
    }

    /// <summary>Reads a time that is written out, or said by how long ago it was.</summary>
    public static bool TryTime(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        if (text.Length >= DigitsOfMilliseconds && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            var isInRange = milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
            time = isInRange ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
            return isInRange;
        }

        if (text.Length > 0 && char.IsAsciiLetter(text[^1]) && char.IsAsciiDigit(text[0]) && TryDuration(text, out var ago))
        {
            time = now - ago;
            return time >= DateTimeOffset.UnixEpoch;
        }

        return text.Length >= "2026-05-01".Length
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
            && time >= DateTimeOffset.UnixEpoch;
    }
}
