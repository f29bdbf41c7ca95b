using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// What producers of the time before 0.11 send: a set of messages of magic 0 or 1, in the open or inside compressed wrappers. It is stored
/// as one batch of magic 2, as Kafka 3 did.
/// </summary>
internal static class LegacySet
{
    /// <summary>Adds the messages of <paramref name="set"/> to <paramref name="destination"/>, which numbers them from 0.</summary>
    /// <param name="set">The whole set.</param>
    /// <param name="request">What the verdict depends on.</param>
    /// <param name="destination">An empty builder; undefined after a failure.</param>
    /// <param name="codec">The codec of the last wrapper, or none.</param>
    public static AppendFailure? Convert(
        ReadOnlySpan<byte> set, in ValidationRequest request, RecordBatchBuilder destination, out CompressionCodec codec)
    {
        if (CheckEntries(set, request.Rules, out codec) is { } failure)
        {
            return failure;
        }

        using var converter = new MessageFormatConverter();
        var error = converter.ConvertUp(set, keepsOffsets: false, request.Rules.EffectiveDecompressedSizeMaximum, destination);
        return error == RecordError.None ? null : AppendFailures.OfContent(error);
    }

    private static AppendFailure? CheckEntries(ReadOnlySpan<byte> set, ValidationRules rules, out CompressionCodec codec)
    {
        codec = CompressionCodec.None;
        var entries = new RecordBatchEnumerator(set);
        while (entries.MoveNext())
        {
            if (CheckEntry(entries.Current, rules) is { } failure)
            {
                return failure;
            }

            var entryCodec = AttributesOf(entries.Current).Codec;
            codec = entryCodec == CompressionCodec.None ? codec : entryCodec;
        }

        return entries.Error == RecordError.None ? null : AppendFailures.OfContent(entries.Error);
    }

    private static AppendFailure? CheckEntry(ReadOnlySpan<byte> entry, ValidationRules rules)
    {
        if (entry[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic)
        {
            return new(AppendError.InvalidRecord, "Messages of an old format and record batches must not come together.") { Cause = AppendFailureCause.Magic };
        }

        if (entry.Length > rules.MaximumBatchSize)
        {
            return AppendFailures.TooLarge(entry.Length, rules);
        }

        var attributes = AttributesOf(entry);
        if (attributes.Codec > CompressionCodec.Lz4)
        {
            return AppendFailures.UnknownCodec;
        }

        if (!Compressor.IsAvailable(attributes.Codec))
        {
            return AppendFailures.UnavailableCodec(attributes.Codec);
        }

        return entry[RecordBatchLayout.Magic] == 1 && attributes.TimestampType == TimestampType.LogAppendTime
            ? AppendFailures.ForeignLogAppendTime
            : null;
    }

    // The low bits mean the same as in a batch of magic 2.
    private static RecordBatchAttributes AttributesOf(ReadOnlySpan<byte> entry) => new(entry[LegacyMessageLayout.Attributes]);
}
