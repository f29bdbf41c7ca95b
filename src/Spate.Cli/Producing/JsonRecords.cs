using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Spate.Cli.Grammar;
using Spate.Cli.Records;
using Spate.Cli.Running;
using Spate.Protocol.Records;

namespace Spate.Cli.Producing;

/// <summary>
/// A record from each line of JSON, in the form in which <c>spate consume --output json</c> writes them: <c>key</c>, <c>value</c>, <c>headers</c>, <c>time</c> and
/// <c>partition</c>, each of which may be missing. What else that form has says where a record was, and is passed over.
/// </summary>
internal sealed class JsonRecords(InputFiles input, PartForms forms, bool keepPartitions) : IRecordSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordDraft> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var line in input.LinesAsync(cancellation))
        {
            if (!line.Letters.Span.Trim(" \t"u8).IsEmpty)
            {
                yield return Read(line);
            }
        }
    }

    private RecordDraft Read(InputLine line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Letters);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new CommandException($"{line} is JSON, but no object such as {{\"key\":\"a\",\"value\":\"b\"}}.");
            }

            return new RecordDraft(
                Part(root, "key", forms.KeyFormat, letters => forms.Key(letters, line)),
                Part(root, "value", forms.ValueFormat, letters => forms.Value(letters, line)))
            {
                Headers = Headers(root, line),
                Timestamp = Time(root, line),
                Partition = keepPartitions && root.TryGetProperty("partition", out var partition) && partition.TryGetInt32(out var index) ? index : null,
            };
        }
        catch (JsonException failure)
        {
            throw new CommandException($"{line} is not JSON (at byte {failure.BytePositionInLine ?? 0}). Without --records every line is a value as it is.");
        }
        catch (InvalidOperationException failure)
        {
            throw new CommandException($"{line} is not of the form that 'spate consume --output json' writes: {failure.Message}");
        }
    }

    private delegate byte[]? PartReader(ReadOnlySpan<byte> letters);

    private static byte[]? Part(JsonElement root, string name, PartFormat format, PartReader read) =>
        !root.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null ? null
        : read(Encoding.UTF8.GetBytes(part.ValueKind == JsonValueKind.String && format != PartFormat.Json ? part.GetString()! : part.GetRawText()));

    private RecordHeader[] Headers(JsonElement root, InputLine line)
    {
        if (!root.TryGetProperty("headers", out var headers) || headers.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var format = forms.ValueFormat == PartFormat.Json ? PartFormat.Text : forms.ValueFormat;
        return [.. headers.EnumerateArray().Select(header =>
        {
            var value = header.GetProperty("value").GetString();
            try
            {
                return new RecordHeader(header.GetProperty("key").GetString() ?? "", value is null ? null : PartCodec.Decode(Encoding.UTF8.GetBytes(value), format));
            }
            catch (FormatException failure)
            {
                throw new CommandException($"{line}: the value of a header {failure.Message}.");
            }
            catch (KeyNotFoundException)
            {
                throw new CommandException($"{line}: a header is an object with \"key\" and \"value\".");
            }
        })];
    }

    private static DateTimeOffset? Time(JsonElement root, InputLine line)
    {
        if (!root.TryGetProperty("time", out var time) || time.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = time.ValueKind == JsonValueKind.String ? time.GetString()! : time.GetRawText();
        return Moments.TryTime(text, DateTimeOffset.UnixEpoch, out var found) ? found : throw new CommandException($"{line}: '{text}' is no time; write {Moments.TimeForm}.");
    }
}
