using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>The failures that more than one place can meet.</summary>
internal static class AppendFailures
{
    public static AppendFailure UnknownCodec { get; } =
        new(AppendError.UnsupportedCompressionType, "The compression type is not known in this message format.");

    public static AppendFailure ForeignLogAppendTime { get; } =
        new(AppendError.InvalidTimestamp, "Clients must not set the timestamp type to log append time.");

    public static AppendFailure UnavailableCodec(CompressionCodec codec) =>
        new(AppendError.UnsupportedCompressionType, $"The library for {codec} is not installed on this broker.");

    public static AppendFailure TooLarge(int size, ValidationRules rules) =>
        new(AppendError.MessageTooLarge, $"A record batch of {size} bytes is above the maximum of {rules.MaximumBatchSize} bytes.");

    /// <summary>For what was found wrong with a header, where a bad codec is one whose number nobody knows.</summary>
    public static AppendFailure OfHeader(RecordError error) =>
        error == RecordError.InvalidCompression ? UnknownCodec : OfContent(error);

    /// <summary>For what was found wrong with anything else, where bad compression means bytes that their codec did not write.</summary>
    public static AppendFailure OfContent(RecordError error) => error switch
    {
        RecordError.Incomplete => new(AppendError.CorruptMessage, "The last record batch is not all there."),
        RecordError.UnsupportedMagic => new(AppendError.CorruptMessage, "The magic of a record batch is not known.") { Cause = AppendFailureCause.Magic },
        RecordError.InvalidBatchLength => new(AppendError.CorruptMessage, "The length of a record batch is impossible."),
        RecordError.CrcMismatch => new(AppendError.CorruptMessage, "The checksum of a record batch does not match its bytes.") { Cause = AppendFailureCause.Checksum },
        RecordError.TooLarge => new(AppendError.MessageTooLarge, "The records of a batch decompress to more than may be taken in."),
        RecordError.InvalidCompression => new(AppendError.InvalidRecord, "The records of a batch cannot be decompressed."),
        _ => new(AppendError.InvalidRecord, $"The records are not what their batch says: {error}."),
    };
}
