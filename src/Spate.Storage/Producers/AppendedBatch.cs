using Spate.Protocol.Records;

namespace Spate.Storage.Producers;

/// <summary>What is remembered of a batch that a producer appended, to know it when it comes again.</summary>
internal readonly record struct AppendedBatch(int LastSequence, long LastOffset, int OffsetDelta, long Timestamp)
{
    public int FirstSequence => RecordBatchHeader.AddToSequence(LastSequence, -OffsetDelta);

    public long FirstOffset => LastOffset - OffsetDelta;
}
