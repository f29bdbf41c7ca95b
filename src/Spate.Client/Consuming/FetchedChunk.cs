using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>What one fetch brought for one partition, not yet looked into.</summary>
/// <param name="Cursor">Whose it is.</param>
/// <param name="Generation">The cursor's when it was fetched: after a seek it is not wanted any more.</param>
/// <param name="Offset">What was asked for; batches may begin before it.</param>
/// <param name="Bytes">The batches.</param>
/// <param name="Aborted">The aborted transactions among them.</param>
/// <param name="Frame">The memory behind it.</param>
internal sealed record FetchedChunk(
    PartitionCursor Cursor, int Generation, long Offset, ReadOnlyMemory<byte> Bytes, IReadOnlyList<FetchResponse.AbortedTransaction> Aborted, FetchedFrame Frame)
{
    /// <summary>The epoch of the leader that wrote the batch that is being read; -1 when that is not known. Belongs to the reader.</summary>
    public int LeaderEpoch { get; set; } = -1;
}
