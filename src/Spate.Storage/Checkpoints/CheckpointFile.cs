using System.Globalization;
using System.Text;
using Spate.Storage.Files;

namespace Spate.Storage.Checkpoints;

/// <summary>
/// Kafka's text checkpoint: a line with the version (0), a line with the number of entries, one line for each. Every line ends with a line
/// feed, so a file that was cut off is known by its count or by its last line. Replaced as a whole, never changed in place.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed class CheckpointFile<TLine>(IFileSystem files, string path)
    where TLine : struct, ICheckpointLine<TLine>
{
    private const int Version = 0;

    public string Path => path;

    /// <exception cref="IOException">The disk failed; a file that makes no sense is a value instead.</exception>
    public CheckpointRead<IReadOnlyList<TLine>> Read()
    {
        var content = WholeFile.Read(files, path);
        if (content is null)
        {
            return new CheckpointRead<IReadOnlyList<TLine>>(CheckpointCondition.Missing, [], Fault: null);
        }

        var entries = new List<TLine>();
        var fault = Ascii.IsValid(content) ? Parse(Encoding.ASCII.GetString(content), entries) : "it has bytes that are no ASCII text";
        return fault is null
            ? new CheckpointRead<IReadOnlyList<TLine>>(CheckpointCondition.Whole, entries, Fault: null)
            : new CheckpointRead<IReadOnlyList<TLine>>(CheckpointCondition.Corrupt, [], $"The checkpoint '{path}' is corrupt: {fault}.");
    }

    /// <summary>Replaces the file; durable when it returns.</summary>
    public void Write(IReadOnlyCollection<TLine> entries)
    {
        var text = new StringBuilder();
        text.Append(Version).Append('\n').Append(entries.Count).Append('\n');
        foreach (var entry in entries)
        {
            entry.Append(text);
            text.Append('\n');
        }

        WholeFile.Replace(files, path, Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>Adds what the text holds to <paramref name="entries"/>; returns what is wrong with it, or null.</summary>
    private static string? Parse(ReadOnlySpan<char> text, List<TLine> entries)
    {
        if (!TryTakeLine(ref text, out var line) || !TryParseNumber(line, out var version))
        {
            return "line 1 is not a version";
        }

        if (version != Version)
        {
            return $"line 1 says version {version}, and only version {Version} is known";
        }

        if (!TryTakeLine(ref text, out line) || !TryParseNumber(line, out var count))
        {
            return "line 2 is not a number of entries";
        }

        for (var lineNumber = 3; text.Length > 0; lineNumber++)
        {
            if (!TryTakeLine(ref text, out line) || !TLine.TryParse(line, out var entry))
            {
                return $"line {lineNumber} is not an entry";
            }

            entries.Add(entry);
        }

        return entries.Count == count ? null : $"line 2 says {count} entries, and {entries.Count} follow";
    }

    private static bool TryTakeLine(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> line)
    {
        var end = text.IndexOf('\n');
        if (end < 0)
        {
            line = default;
            return false;
        }

        // Kafka on Windows ends its lines with both characters.
        line = end > 0 && text[end - 1] == '\r' ? text[..(end - 1)] : text[..end];
        text = text[(end + 1)..];
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
