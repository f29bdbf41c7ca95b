using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// Brings decisions to the log so that all of one is there or nothing of it: in one batch, or, where that would be too large, in several
/// between the marks of a transaction (KIP-868). Used by one thread at a time.
/// </summary>
internal sealed class DecisionWriter(IMetadataLog log)
{
    private static readonly ReadOnlyMemory<byte> Begin = MetadataRecordCodec.Encode(new BeginTransactionRecord { Name = "a large decision" });
    private static readonly ReadOnlyMemory<byte> End = MetadataRecordCodec.Encode(new EndTransactionRecord());
    private static readonly ReadOnlyMemory<byte> Abort = MetadataRecordCodec.Encode(new AbortTransactionRecord { Reason = "it was not finished" });

    /// <summary>Whether the log ends within a transaction, which must be aborted before anything else is written.</summary>
    public bool IsInTransaction { get; set; }

    /// <summary>Ends a transaction that was not finished: nothing in it was decided.</summary>
    /// <exception cref="IOException">The log could not be written.</exception>
    public async ValueTask<MetadataPosition> AbortAsync()
    {
        var position = await log.AppendAsync([Abort], CancellationToken.None);
        IsInTransaction = false;
        return position;
    }

    /// <returns>The position behind the last of the values.</returns>
    /// <exception cref="IOException">The log could not be written; nothing is decided.</exception>
    public async ValueTask<MetadataPosition> WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, long bytes)
    {
        if (bytes <= log.BatchBytesMax)
        {
            return await log.AppendAsync(values, CancellationToken.None);
        }

        IsInTransaction = true;
        var batch = new List<ReadOnlyMemory<byte>> { Begin };
        var size = 0L;
        foreach (var value in values)
        {
            if (size > 0 && size + value.Length > log.BatchBytesMax)
            {
                await log.AppendAsync(batch, CancellationToken.None);
                batch = [];
                size = 0;
            }

            batch.Add(value);
            size += value.Length;
        }

        batch.Add(End);
        var position = await log.AppendAsync(batch, CancellationToken.None);
        IsInTransaction = false;
        return position;
    }
}
