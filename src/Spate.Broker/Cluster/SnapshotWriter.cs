using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Broker.Cluster;

/// <summary>Writes a snapshot's file, as <see cref="SnapshotReader"/> reads it. Used by one thread, once.</summary>
/// <param name="file">An empty file.</param>
/// <param name="epoch">The epoch of the last record that the snapshot stands for.</param>
/// <param name="timestamp">When that record was written, in milliseconds since 1970.</param>
internal sealed class SnapshotWriter(IStorageFile file, int epoch, long timestamp)
{
    /// <summary>A batch is written when it has so many bytes of records or more.</summary>
    private const int BatchBytes = 1 << 20;

    private long _position;
    private long _offset;

    /// <summary>Writes all of it and makes it durable.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        using var batch = new RecordBatchBuilder();
        WriteControl(batch, ControlRecordType.SnapshotHeader, new SnapshotHeaderRecord { LastContainedLogTimestamp = timestamp });
        batch.Reset(Options(isControl: false));
        foreach (var value in values)
        {
            batch.Append(timestamp, NullableBytes.Null, value.Span);
            if (batch.Size >= BatchBytes)
            {
                Write(batch);
                batch.Reset(Options(isControl: false));
            }
        }

        if (batch.RecordCount > 0)
        {
            Write(batch);
        }

        WriteControl(batch, ControlRecordType.SnapshotFooter, new SnapshotFooterRecord());
        file.Flush();
    }

    private RecordBatchOptions Options(bool isControl) => new() { BaseOffset = _offset, PartitionLeaderEpoch = epoch, IsControl = isControl };

    private void WriteControl(RecordBatchBuilder batch, ControlRecordType type, IMessage record)
    {
        using var value = new MessageWriter();
        record.Write(value, 0);
        batch.Reset(Options(isControl: true));
        ControlBatch.Append(batch, timestamp, type, value.ToArray());
        Write(batch);
    }

    private void Write(RecordBatchBuilder batch)
    {
        var bytes = batch.Build();
        file.Write(bytes.Span, _position);
        _position += bytes.Length;
        _offset = batch.NextOffset;
    }
}
