using System.Buffers.Binary;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>What the log, its indexes and its producer state need to know of one batch (or legacy message) of a validated append.</summary>
public readonly record struct BatchFacts
{
    /// <summary>Where the batch starts in <see cref="ValidationResult.Records"/>.</summary>
    public required int Position { get; init; }

    /// <summary>Bytes of the batch.</summary>
    public required int Size { get; init; }

    /// <summary>For a compressed legacy message, which only says its last offset, the same as <see cref="LastOffset"/>.</summary>
    public required long FirstOffset { get; init; }

    public required long LastOffset { get; init; }

    /// <summary>Milliseconds since 1970; -1 when the batch has no timestamp.</summary>
    public required long MaxTimestamp { get; init; }

    /// <summary>The epoch that the batch bears; -1 for a legacy message.</summary>
    public required int LeaderEpoch { get; init; }

    /// <summary>-1 without idempotence.</summary>
    public required long ProducerId { get; init; }

    public required short ProducerEpoch { get; init; }

    /// <summary>-1 without idempotence, and in control batches.</summary>
    public required int BaseSequence { get; init; }

    /// <summary>-1 when <see cref="BaseSequence"/> is.</summary>
    public required int LastSequence { get; init; }

    public required bool IsTransactional { get; init; }

    public required bool IsControl { get; init; }

    public bool HasProducerId => ProducerId >= 0;

    /// <summary>Reads a batch or message that has been validated.</summary>
    internal static BatchFacts Read(ReadOnlySpan<byte> entry, int position) =>
        RecordBatchHeader.TryRead(entry, out var header) ? Of(header, position) : OfLegacy(entry, position);

    internal static BatchFacts Of(in RecordBatchHeader header, int position) => new()
    {
        Position = position,
        Size = header.BatchSize,
        FirstOffset = header.BaseOffset,
        LastOffset = header.LastOffset,
        MaxTimestamp = header.MaxTimestamp,
        LeaderEpoch = header.PartitionLeaderEpoch,
        ProducerId = header.HasProducerId ? header.ProducerId : -1,
        ProducerEpoch = header.HasProducerId ? header.ProducerEpoch : (short)-1,
        BaseSequence = header.HasProducerId ? header.BaseSequence : -1,
        LastSequence = header.HasProducerId ? header.LastSequence : -1,
        IsTransactional = header.IsTransactional,
        IsControl = header.IsControl,
    };

    private static BatchFacts OfLegacy(ReadOnlySpan<byte> message, int position)
    {
        var offset = BinaryPrimitives.ReadInt64BigEndian(message[LegacyMessageLayout.Offset..]);
        return new BatchFacts
        {
            Position = position,
            Size = message.Length,
            FirstOffset = offset,
            LastOffset = offset,
            MaxTimestamp = message[LegacyMessageLayout.Magic] == 0
                ? TimestampBounds.NoTimestamp
                : BinaryPrimitives.ReadInt64BigEndian(message[LegacyMessageLayout.Timestamp..]),
            LeaderEpoch = -1,
            ProducerId = -1,
            ProducerEpoch = -1,
            BaseSequence = -1,
            LastSequence = -1,
            IsTransactional = false,
            IsControl = false,
        };
    }
}
