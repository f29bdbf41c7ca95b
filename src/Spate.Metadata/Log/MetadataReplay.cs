using Spate.Metadata.Images;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Metadata.Log;

/// <summary>
/// Follows the log of decisions batch by batch. What stands between the marks of a transaction (KIP-868) counts all at once, when its end is
/// read, or not at all. Used by one thread at a time.
/// </summary>
/// <param name="start">The image to go on from.</param>
public sealed class MetadataReplay(ClusterImage start)
{
    private ClusterImage _newest = start;

    /// <summary>What has been decided, as far as the log was followed, without what an unfinished transaction would decide.</summary>
    public ClusterImage Image { get; private set; } = start;

    /// <summary>Whether a transaction has begun and not ended: whoever goes on writing the log aborts it first.</summary>
    public bool IsInTransaction { get; private set; }

    /// <summary>Behind the last batch, whether or not it counts yet.</summary>
    public MetadataPosition Position { get; private set; } = start.Position;

    /// <summary>Applies the next batch of the log.</summary>
    /// <exception cref="InvalidDataException">A record of it cannot be applied; the message names it and says why.</exception>
    public void Apply(MetadataBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Apply(batch, "the log of decisions");
        Position = batch.End;
        if (!IsInTransaction)
        {
            Image = _newest.At(batch.End);
        }
    }

    /// <summary>The image that a snapshot holds.</summary>
    /// <exception cref="InvalidDataException">A record of it cannot be applied.</exception>
    public static ClusterImage Load(MetadataSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var replay = new MetadataReplay(ClusterImage.Empty);
        foreach (var batch in snapshot.Batches)
        {
            replay.Apply(batch, $"the snapshot of the log of decisions at {snapshot.Position.EndOffset}");
        }

        return replay.IsInTransaction
            ? throw new InvalidDataException($"The snapshot of the log of decisions at {snapshot.Position.EndOffset} ends within a transaction.")
            : replay._newest.At(snapshot.Position);
    }

    private void Apply(MetadataBatch batch, string where)
    {
        for (var index = 0; index < batch.Values.Count; index++)
        {
            var name = "a record";
            try
            {
                var record = MetadataRecordCodec.Decode(batch.Values[index]);
                name = $"a {record.GetType().Name}";
                Apply(record);
            }
            catch (Exception failure) when (failure is InvalidOperationException or InvalidDataException or MalformedMessageException)
            {
                throw new InvalidDataException($"{where} holds {name} at offset {batch.BaseOffset + index} that cannot be applied: {failure.Message}", failure);
            }
        }
    }

    private void Apply(IMetadataRecord record)
    {
        switch (record)
        {
            case BeginTransactionRecord:
                RequireTransaction(false);
                IsInTransaction = true;
                Image = _newest;
                break;
            case EndTransactionRecord:
                RequireTransaction(true);
                IsInTransaction = false;
                break;
            case AbortTransactionRecord:
                RequireTransaction(true);
                IsInTransaction = false;
                _newest = Image;
                break;
            default:
                _newest = _newest.Apply(record);
                break;
        }
    }

    private void RequireTransaction(bool isExpected)
    {
        if (IsInTransaction != isExpected)
        {
            throw new InvalidOperationException(isExpected ? "it ends a transaction that has not begun" : "it begins a transaction within another");
        }
    }
}
