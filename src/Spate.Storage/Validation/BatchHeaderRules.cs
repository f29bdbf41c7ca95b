using System.Buffers.Binary;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>What the header of a batch of magic 2 must say before its records are looked at.</summary>
internal static class BatchHeaderRules
{
    // Bits 7 to 15 have no meaning yet. What a client means by one of them cannot be kept, so it is not taken.
    private const int KnownAttributes = 0x7F;

    /// <summary>Checks size, checksum and possible counts, in the order of what they cost, then what the fields say.</summary>
    /// <param name="batch">Exactly one batch, as its length says.</param>
    /// <param name="request">What the verdict depends on.</param>
    /// <param name="header">The header, when there is no failure.</param>
    public static AppendFailure? Check(ReadOnlySpan<byte> batch, in ValidationRequest request, out RecordBatchHeader header)
    {
        header = default;
        if (batch.Length > request.Rules.MaximumBatchSize && !IsMarker(batch, request))
        {
            return AppendFailures.TooLarge(batch.Length, request.Rules);
        }

        var error = RecordBatchHeader.Validate(batch, out header);
        if (error != RecordError.None)
        {
            return AppendFailures.OfHeader(error);
        }

        return CheckCounts(header) ?? CheckProducer(header) ?? CheckAttributes(header, request) ?? CheckCodec(header.Codec, request);
    }

    /// <summary>The end of a transaction must get into every log that the transaction got into, however small its batches are to be.</summary>
    private static bool IsMarker(ReadOnlySpan<byte> batch, in ValidationRequest request) =>
        request.Origin == AppendOrigin.Coordinator
        && batch.Length >= RecordBatchLayout.Records
        && new RecordBatchAttributes(BinaryPrimitives.ReadInt16BigEndian(batch[RecordBatchLayout.Attributes..])).IsControl;

    private static AppendFailure? CheckCodec(CompressionCodec codec, in ValidationRequest request)
    {
        if (codec == CompressionCodec.Zstd && !request.AcceptsZstd)
        {
            return new(AppendError.UnsupportedCompressionType, "This version of the request must not carry Zstandard.");
        }

        return codec == CompressionCodec.None || Compressor.IsAvailable(codec) ? null : AppendFailures.UnavailableCodec(codec);
    }

    private static AppendFailure? CheckCounts(in RecordBatchHeader header)
    {
        if (header.RecordCount == 0)
        {
            return Invalid("A record batch without records cannot be appended.");
        }

        return header.LastOffsetDelta == header.RecordCount - 1
            ? null
            : Misnumbered($"A record batch of {header.RecordCount} records says that its offsets reach from 0 to {header.LastOffsetDelta}.");
    }

    private static AppendFailure? CheckProducer(in RecordBatchHeader header)
    {
        if (!header.HasProducerId)
        {
            // Epoch and sequence mean nothing then, and clients are known to send any.
            return header.IsTransactional ? Invalid("A transactional record batch has no producer id.") : null;
        }

        if (header.ProducerEpoch < 0)
        {
            return new(AppendError.InvalidProducerEpoch, $"Producer {header.ProducerId} sent the epoch {header.ProducerEpoch}.");
        }

        return header.BaseSequence < 0 && !header.IsControl
            ? Misnumbered($"Producer {header.ProducerId} sent the sequence number {header.BaseSequence}.")
            : null;
    }

    private static AppendFailure? CheckAttributes(in RecordBatchHeader header, in ValidationRequest request)
    {
        if ((header.Attributes.Value & ~KnownAttributes) != 0 || header.Attributes.HasDeleteHorizon)
        {
            return Invalid($"A record batch has the attributes 0x{header.Attributes.Value:X4}, which nobody may send.");
        }

        if (request.Origin != AppendOrigin.Client)
        {
            return null;
        }

        if (header.IsControl)
        {
            return Invalid("Clients must not write control batches.");
        }

        if (header.BaseOffset != 0)
        {
            return Misnumbered($"The base offset of a record batch must be 0 when it is produced, not {header.BaseOffset}.");
        }

        return header.TimestampType == TimestampType.LogAppendTime
            ? AppendFailures.ForeignLogAppendTime
            : null;
    }

    private static AppendFailure Invalid(string message) => new(AppendError.InvalidRecord, message);

    private static AppendFailure Misnumbered(string message) => Invalid(message) with { Cause = AppendFailureCause.Numbering };
}
