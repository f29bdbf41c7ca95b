using System.Buffers.Binary;
using Spate.Protocol.Checksums;

namespace Spate.Protocol.Records;

/// <summary>
/// Changes single fields of a batch of magic 2 where it lies. Every method takes exactly one whole batch. Base offset and leader epoch stand
/// outside the checksum and cost nothing; whatever stands inside it costs one pass over the batch, so all such changes go together.
/// </summary>
public static class RecordBatchPatch
{
    /// <summary>Gives the batch its offset in the log.</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset) =>
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseOffset..], baseOffset);

    /// <summary>Names the epoch of the leader that appends the batch.</summary>
    public static void SetPartitionLeaderEpoch(Span<byte> batch, int leaderEpoch) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], leaderEpoch);

    /// <summary>Sets what the timestamps mean and the greatest of them, and renews the checksum. Leaves the batch alone when both stand so already.</summary>
    public static void SetMaxTimestamp(Span<byte> batch, TimestampType timestampType, long maxTimestamp)
    {
        var attributes = new RecordBatchAttributes(BinaryPrimitives.ReadInt16BigEndian(batch[RecordBatchLayout.Attributes..]));
        if (attributes.TimestampType == timestampType
            && BinaryPrimitives.ReadInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..]) == maxTimestamp)
        {
            return;
        }

        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], attributes.With(timestampType).Value);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], maxTimestamp);
        RenewCrc(batch);
    }

    /// <summary>Names the producer and the first sequence number, and renews the checksum: what a producer does before it sends.</summary>
    public static void SetProducer(Span<byte> batch, long producerId, short producerEpoch, int baseSequence)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], baseSequence);
        RenewCrc(batch);
    }

    /// <summary>Computes the checksum of the batch and writes it.</summary>
    public static void RenewCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], Crc32C.Compute(batch[RecordBatchLayout.Attributes..]));
}
