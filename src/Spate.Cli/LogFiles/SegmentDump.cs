using System.Globalization;
using System.Text;
using Spate.Cli.Records;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Cli.LogFiles;

/// <summary>Shows the batches of a segment, and their records where those are wanted.</summary>
/// <param name="file">The file's name in the report.</param>
/// <param name="topic">The topic whose log it is, as the directory says; null when it says none.</param>
/// <param name="options">What is wanted.</param>
/// <param name="report">Where it goes.</param>
internal sealed class SegmentDump(string file, string? topic, DumpOptions options, DumpReport report)
{
    private const int BatchBytesMax = 1024 * 1024 * 1024;

    private long _batches;
    private long _records;
    private long _next = -1;
    private string? _fault;

    /// <summary>Shows a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Run(string path)
    {
        var tail = SegmentScan.Walk(path, Visit, options.Cancellation);
        report.AddFile(file, "segment", new FileInfo(path).Length, _batches, _fault ?? (options.Verify ? tail : null));
    }

    private void Visit(long position, ReadOnlySpan<byte> entry)
    {
        var isShown = _batches++ < options.CountMax;
        report.Read(entry.Length);
        if (options.Verify && _fault is null && SegmentScan.FaultOf(entry) is { } fault)
        {
            _fault = $"the batch at {position} is damaged ({fault})";
        }

        if (!RecordBatchHeader.TryRead(entry, out var header))
        {
            VisitLegacy(position, entry, isShown);
            return;
        }

        Follow(position, header.BaseOffset, header.LastOffset);
        if (isShown)
        {
            report.Batches.Add(
                file, position, (long)entry.Length, header.BaseOffset, header.LastOffset, header.RecordCount, (int)RecordBatchLayout.CurrentMagic, header.Codec.ToString().ToLowerInvariant(), TimeOf(header.MaxTimestamp),
                header.PartitionLeaderEpoch, header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.IsControl ? "control" : header.IsTransactional ? "transactional" : "plain");
        }

        if (options.Records && _records < options.CountMax)
        {
            ShowRecords(entry, header);
        }
    }

    private void VisitLegacy(long position, ReadOnlySpan<byte> entry, bool isShown)
    {
        if (LegacyMessage.Read(entry, out var message) != RecordError.None || !isShown)
        {
            return;
        }

        report.Batches.Add(
            file, position, (long)entry.Length, message.Offset, message.Offset, null, (int)message.Magic, message.Codec.ToString().ToLowerInvariant(), TimeOf(message.Timestamp), null, null, null, null, "message set");
        if (options.Records && message.Codec == CompressionCodec.None && _records++ < options.CountMax)
        {
            report.Records.Add(file, message.Offset, TimeOf(message.Timestamp), TextOf(message.Key, options.KeyFormat), TextOf(message.Value, options.ValueFormat), null);
        }
    }

    private void Follow(long position, long first, long last)
    {
        if (options.Verify && first < _next)
        {
            _fault ??= string.Create(CultureInfo.InvariantCulture, $"the batch at {position} begins with offset {first}, and {_next} would be the next");
        }

        _next = last + 1;
    }

    private void ShowRecords(ReadOnlySpan<byte> entry, in RecordBatchHeader header)
    {
        using var scratch = new PooledBuffer();
        if (header.BatchSize > entry.Length || RecordBatch.Open(entry, header, BatchBytesMax, scratch, out var bytes) != RecordError.None)
        {
            return; // Whoever wants to know why says --verify.
        }

        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext() && _records++ < options.CountMax)
        {
            var record = records.Current;
            var (key, value) = header.IsControl ? ControlRecordWords.Of(record.Key, record.Value)
                : InternalRecords.Decode(topic, record.Key, record.Value) ?? (TextOf(record.Key, options.KeyFormat), TextOf(record.Value, options.ValueFormat));
            var headers = new List<string>();
            foreach (var each in record.Headers)
            {
                headers.Add($"{Encoding.UTF8.GetString(each.Key)}={TextOf(each.Value, PartFormat.Text)}");
            }

            report.Records.Add(file, header.BaseOffset + record.OffsetDelta, TimeOf(header.TimestampOf(record.TimestampDelta)), key, value, headers);
        }
    }

    private static string? TextOf(NullableBytes part, PartFormat format) => part.IsNull ? null : PartCodec.EncodeText(part.Span, format);

    private static DateTimeOffset? TimeOf(long milliseconds) =>
        milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
