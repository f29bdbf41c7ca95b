using System.Buffers;
using System.Globalization;
using System.Text;
using Spate.Cli.Output;
using Spate.Cli.Records;

namespace Spate.Cli.Consuming;

/// <summary>A line for a person: where the record is and when it was written, its key, its value. What would steer the terminal is shown as a dot.</summary>
internal sealed class TerminalPrinter(PartFormat keyFormat, PartFormat valueFormat, string nothing, bool isColoured) : IRecordPrinter
{
    private const char Unprintable = '\u00B7';

    public void Print(ReadRecord record, IBufferWriter<byte> output)
    {
        var line = new StringBuilder();
        var time = record.TimestampMs < 0 ? nothing : Wording.Readable(record.Timestamp, Unit.None);
        line.Append(isColoured ? "\u001b[2m" : "")
            .Append(CultureInfo.InvariantCulture, $"{record.Partition} @{record.Offset}  {time}")
            .Append(isColoured ? "\u001b[0m" : "");
        if (record.Key is { } key)
        {
            line.Append("  ").Append(isColoured ? "\u001b[36m" : "").Append(Visible(key, keyFormat)).Append(isColoured ? "\u001b[0m" : "");
        }

        line.Append("  ").Append(record.Value is { } value ? Visible(value, valueFormat) : nothing);
        foreach (var header in record.Headers)
        {
            line.Append(isColoured ? "\u001b[2m" : "")
                .Append(CultureInfo.InvariantCulture, $"  [{Visible(header.Key.Span, PartFormat.Text)}={(header.Value is { } of ? Visible(of, valueFormat) : nothing)}]")
                .Append(isColoured ? "\u001b[0m" : "");
        }

        Encoding.UTF8.GetBytes(line.Append('\n').ToString(), output);
    }

    private static string Visible(ReadOnlySpan<byte> bytes, PartFormat format) =>
        string.Concat(PartCodec.EncodeText(bytes, format).Select(static letter => char.IsControl(letter) && letter is not ('\t' or '\n') ? Unprintable : letter));
}
