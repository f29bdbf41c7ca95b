using System.Globalization;
using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Logs;

/// <summary>Batches as they come in.</summary>
internal static class TestBatches
{
    public const long Epoch2027 = 1_800_000_000_000;

    public static byte[] Of(long timestamp, params ReadOnlySpan<string> values) => With(RecordBatchOptions.Default, timestamp, values);

    public static byte[] Compressed(CompressionCodec codec, long timestamp, params ReadOnlySpan<string> values) =>
        With(new RecordBatchOptions { Codec = codec }, timestamp, values);

    public static byte[] Idempotent(long producerId, short epoch, int sequence, params ReadOnlySpan<string> values) =>
        With(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence }, Epoch2027, values);

    public static byte[] Transactional(long producerId, short epoch, int sequence, params ReadOnlySpan<string> values) =>
        With(
            new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = true },
            Epoch2027,
            values);

    public static byte[] Marker(long producerId, short epoch, bool commit)
    {
        using var builder = new RecordBatchBuilder();
        return ControlBatch.BuildEndTransaction(
            builder, Epoch2027, commit ? ControlRecordType.Commit : ControlRecordType.Abort, producerId, epoch, coordinatorEpoch: 0).ToArray();
    }

    /// <summary>A batch as a leader hands it on: with an offset and an epoch.</summary>
    public static byte[] At(long offset, int leaderEpoch, params ReadOnlySpan<string> values) =>
        With(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = leaderEpoch }, Epoch2027 + offset, values);

    public static byte[] With(RecordBatchOptions options, long timestamp, params ReadOnlySpan<string> values)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (var value in values)
        {
            builder.Append(timestamp, default, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    /// <summary>A value of a given length that says which one it is.</summary>
    public static string Value(int number, int length = 10) =>
        string.Create(CultureInfo.InvariantCulture, $"v{number}-").PadRight(length, '.');

    public static byte[] Join(params ReadOnlySpan<byte[]> batches)
    {
        using var joined = new MemoryStream();
        foreach (var batch in batches)
        {
            joined.Write(batch);
        }

        return joined.ToArray();
    }
}
