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
        Apply(batch, "The log of decisions");
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
            replay.Apply(batch, $"The snapshot of the log of decisions at {snapshot.Position.EndOffset}");
        }

        return replay.IsInTransaction
            ? throw new InvalidDataException($"The snapshot of the log of decisions at {snapshot.Position.EndOffset} ends within a transaction.")
            : replay._newest.At(snapshot.Position);
    }

    private void Apply(MetadataBatch batch, string where)
    {
        var run = new List<IMetadataRecord>(batch.Values.Count);
        var runStart = batch.BaseOffset;
        for (var index = 0; index < batch.Values.Count; index++)
        {
            var offset = batch.BaseOffset + index;
            var record = Decode(batch.Values[index], offset, where);
            if (record is not (BeginTransactionRecord or EndTransactionRecord or AbortTransactionRecord))
            {
                run.Add(record);
                continue;
            }

            Apply(run, runStart, where);
            run.Clear();
            runStart = offset + 1;
            Mark(record, offset, where);
        }

        Apply(run, runStart, where);
    }

    private static IMetadataRecord Decode(ReadOnlyMemory<byte> value, long offset, string where)
    {
        try
        {
            return MetadataRecordCodec.Decode(value);
        }
        catch (Exception failure) when (failure is InvalidDataException or MalformedMessageException)
        {
            throw new InvalidDataException($"{where} holds a record at offset {offset} that cannot be read: {failure.Message}", failure);
        }
    }

    private void Apply(List<IMetadataRecord> run, long offset, string where)
    {
        try
        {
            _newest = _newest.Apply(run);
        }
        catch (InvalidOperationException)
        {
            // One after the other, to name the one that it is.
            foreach (var record in run)
            {
                try
                {
                    _newest = _newest.Apply(record);
                }
                catch (InvalidOperationException failure)
                {
                    throw Fault(record, offset, where, failure.Message, failure);
                }

                offset++;
            }
        }
    }

    private void Mark(IMetadataRecord mark, long offset, string where)
    {
        var begins = mark is BeginTransactionRecord;
        if (IsInTransaction == begins)
        {
            throw Fault(mark, offset, where, begins ? "it begins a transaction within another" : "it ends a transaction that has not begun", cause: null);
        }

        IsInTransaction = begins;
        if (begins)
        {
            Image = _newest;
        }
        else if (mark is AbortTransactionRecord)
        {
            _newest = Image;
        }
    }

    private static InvalidDataException Fault(IMetadataRecord record, long offset, string where, string why, Exception? cause) =>
        new($"{where} holds a {record.GetType().Name} at offset {offset} that cannot be applied: {why}", cause);
}
