using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Compaction;

/// <summary>
/// Writes batches anew with fewer records. Offsets, sequence numbers, producer, leader epoch, the meaning of timestamps and the codec stay as
/// they were. What it returns is good until the next call. Not safe for use by several threads at once.
/// </summary>
/// <param name="config">By which records are compressed again at the level that the topic asks for.</param>
internal sealed class BatchRewriter(LogConfig config) : IDisposable
{
    private readonly RecordBatchBuilder _builder = new();
    private readonly PooledBuffer _scratch = new();
    private readonly byte[] _header = new byte[RecordBatchHeader.Size];

    /// <summary>A batch with some of its records.</summary>
    /// <param name="records">All its records, uncompressed.</param>
    /// <param name="header">Its header.</param>
    /// <param name="choice">Which records stay; at least one.</param>
    /// <param name="deleteHorizon">The time from which what waits in it may be dropped, in milliseconds since 1970; null when nothing waits.</param>
    public ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> records, in RecordBatchHeader header, RecordChoice choice, long? deleteHorizon)
    {
        _builder.Reset(new RecordBatchOptions
        {
            BaseOffset = header.BaseOffset,
            LastOffset = header.LastOffset,
            PartitionLeaderEpoch = header.PartitionLeaderEpoch,
            Codec = header.Codec,
            CompressionLevel = LevelOf(header.Codec),
            LogAppendTime = header.TimestampType == TimestampType.LogAppendTime ? header.MaxTimestamp : null,
            DeleteHorizon = deleteHorizon,
            ProducerId = header.ProducerId,
            ProducerEpoch = header.ProducerEpoch,
            BaseSequence = header.BaseSequence,
            IsTransactional = header.IsTransactional,
            IsControl = header.IsControl,
        });
        var walk = new RecordEnumerator(records, header.RecordCount);
        for (var index = 0; walk.MoveNext(); index++)
        {
            if (choice.Keeps(index))
            {
                var record = walk.Current;
                _builder.AppendAt(
                    header.BaseOffset + record.OffsetDelta, header.TimestampOf(record.TimestampDelta), record.Key, record.Value, record.Headers);
            }
        }

        return _builder.Build().Span;
    }

    /// <summary>Some of the messages of an entry of magic 0 or 1, as a batch of magic 2.</summary>
    /// <param name="entry">The entry, which has been read through without a fault.</param>
    /// <param name="lastOffset">Its last offset.</param>
    /// <param name="choice">Which messages stay; at least one.</param>
    /// <param name="rules">Give the delete horizon.</param>
    public ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> entry, long lastOffset, RecordChoice choice, RetentionRules rules)
    {
        var isBegun = false;
        var messages = new LegacyMessageEnumerator(entry, BatchFilter.MaximumRecordBytes, _scratch);
        for (var index = 0; messages.MoveNext(); index++)
        {
            var message = messages.Current;
            if (!isBegun)
            {
                isBegun = true;
                _builder.Reset(new RecordBatchOptions
                {
                    BaseOffset = message.Offset,
                    LastOffset = lastOffset,
                    Codec = messages.Codec,
                    CompressionLevel = LevelOf(messages.Codec),
                    LogAppendTime = message.TimestampType == TimestampType.LogAppendTime ? message.Timestamp : null,
                    DeleteHorizon = choice.KeepsTombstone ? rules.HorizonOf(default) : null,
                });
            }

            if (choice.Keeps(index))
            {
                _builder.AppendAt(message.Offset, message.Timestamp, message.Key, message.Value);
            }
        }

        return _builder.Build().Span;
    }

    /// <summary>A batch without its records: its offsets and sequence numbers, and the time by which its producer expires.</summary>
    public ReadOnlySpan<byte> Empty(in RecordBatchHeader header)
    {
        var empty = new RecordBatchHeader
        {
            BaseOffset = header.BaseOffset,
            BatchLength = RecordBatchHeader.Size - RecordBatchLayout.LogOverhead,
            PartitionLeaderEpoch = header.PartitionLeaderEpoch,
            Attributes = RecordBatchAttributes.Create(
                CompressionCodec.None, header.TimestampType, header.IsTransactional, header.IsControl),
            LastOffsetDelta = header.LastOffsetDelta,
            BaseTimestamp = -1,
            MaxTimestamp = header.MaxTimestamp,
            ProducerId = header.ProducerId,
            ProducerEpoch = header.ProducerEpoch,
            BaseSequence = header.BaseSequence,
        };
        empty.Write(_header);
        RecordBatchPatch.RenewCrc(_header);
        return _header;
    }

    public void Dispose()
    {
        _builder.Dispose();
        _scratch.Dispose();
    }

    private int? LevelOf(CompressionCodec codec) => config.Validation.TargetCodec == codec ? config.Validation.CompressionLevel : null;
}
