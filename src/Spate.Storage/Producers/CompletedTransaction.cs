using Spate.Storage.Transactions;

namespace Spate.Storage.Producers;

/// <summary>A transaction whose marker has just been applied. An aborted one goes into the transaction index of the marker's segment.</summary>
/// <param name="ProducerId">Who wrote it.</param>
/// <param name="FirstOffset">The offset of its first record.</param>
/// <param name="LastOffset">The offset of its marker.</param>
/// <param name="IsAborted">Whether the marker aborts it.</param>
/// <param name="LastStableOffset">
/// Where the oldest transaction begins that is open still, or the offset behind the marker: no transaction that is aborted later has
/// records before it.
/// </param>
public readonly record struct CompletedTransaction(
    long ProducerId, long FirstOffset, long LastOffset, bool IsAborted, long LastStableOffset)
{
    /// <summary>The entry for the transaction index.</summary>
    public AbortedTransaction ToAborted() => new(ProducerId, FirstOffset, LastOffset, LastStableOffset);
}
