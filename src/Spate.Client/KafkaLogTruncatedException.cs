using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// Records that were read are not in the log any more: a leader was elected that never had them, and other records may stand under their offsets (KIP-320), or the topic was
/// deleted and another one made under its name. The consumer is told where its options say not to go on elsewhere by itself. What was done with those records may have
/// to be undone; then seek.
/// </summary>
public sealed class KafkaLogTruncatedException : KafkaException
{
    /// <param name="message">What was lost, where, and what to do next.</param>
    public KafkaLogTruncatedException(string message)
        : base(ErrorCode.OffsetOutOfRange, message)
    {
    }

    /// <summary>The offset that was to be read next.</summary>
    public required long Offset { get; init; }

    /// <summary>The offset from which on the log may be another one than what was read; null when that is not known.</summary>
    public long? DivergentOffset { get; init; }
}
