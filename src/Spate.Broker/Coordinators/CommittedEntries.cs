using Spate.Coordination.Runtime;
using Spate.Protocol.Records;
using Spate.Storage;

namespace Spate.Broker.Coordinators;

/// <summary>All that a log of this broker's own tells: the state of a coordinator.</summary>
internal static class CommittedEntries
{
    /// <summary>What one batch of ours may decompress to, in bytes.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>Copies of what is in the log from its start to its end, read a piece at a time.</summary>
    /// <param name="log">The log.</param>
    /// <param name="readBytes">How much is read at a time; a batch that is larger is read whole.</param>
    /// <exception cref="IOException">A record cannot be read. What follows it cannot be told either.</exception>
    public static IEnumerable<LogEntry> Read(PartitionLog log, int readBytes)
    {
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            var next = offset;
            foreach (var entry in ReadSome(log, offset, readBytes, ref next))
            {
                yield return entry;
            }

            if (next == offset)
            {
                throw new IOException($"The log in '{log.Directory}' cannot be read from offset {offset} on.");
            }

            offset = next;
        }
    }

    private static List<LogEntry> ReadSome(PartitionLog log, long offset, int readBytes, ref long next)
    {
        using var source = log.Read(offset, readBytes, FetchBound.LogEnd, atLeastOneBatch: true).Records;
        var bytes = new byte[source.Length];
        source.Read(0, bytes);
        var batches = new RecordBatchEnumerator(bytes);
        while (batches.MoveNext())
        {
            if (RecordBatchHeader.TryRead(batches.Current, out var header))
            {
                next = header.NextOffset;
            }
        }

        try
        {
            var entries = new List<LogEntry>();
            foreach (var record in OwnedRecord.ReadAll(bytes, DecompressedBytesMax))
            {
                if (record.Offset >= offset && Entry(record) is { } entry)
                {
                    entries.Add(entry);
                }
            }

            return entries;
        }
        catch (InvalidRecordsException failure)
        {
            throw new IOException($"The log in '{log.Directory}' is corrupt behind offset {offset}: {failure.Message}", failure);
        }
    }

    /// <summary>Null for what says nothing to a coordinator: a record without a key, or a control record of another kind.</summary>
    private static LogEntry? Entry(OwnedRecord record)
    {
        if (record.IsControl)
        {
            return ControlRecordKey.TryRead(record.Key, out var control) && control.Type is ControlRecordType.Commit or ControlRecordType.Abort
                ? LogEntry.End(record.ProducerId, control.Type == ControlRecordType.Commit).At(record.Offset)
                : null;
        }

        if (record.Key is null)
        {
            return null;
        }

        // Not left to the conversion from an array, which would make empty bytes of a missing value.
        var content = record.Value is { } value ? new CoordinatorRecord(record.Key, value) : CoordinatorRecord.Tombstone(record.Key);
        return (record.IsTransactional ? LogEntry.Pending(record.ProducerId, content) : LogEntry.Of(content)).At(record.Offset);
    }
}
