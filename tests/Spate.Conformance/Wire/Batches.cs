using System.Buffers.Binary;
using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Conformance.Wire;

/// <summary>Record batches as a producer sends them.</summary>
internal static class Batches
{
    /// <summary>A batch of values without keys, all with the same time.</summary>
    public static byte[] Of(CompressionCodec codec, long timestamp, params string[] values)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec });
        foreach (var value in values)
        {
            builder.Append(timestamp, NullableBytes.Null, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    /// <summary>A batch of one value that does not compress.</summary>
    public static byte[] OfBytes(byte[] value)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(Now, NullableBytes.Null, value);
        return builder.Build().ToArray();
    }

    public static byte[] Of(params string[] values) => Of(CompressionCodec.None, Now, values);

    /// <summary>The offset behind the last whole batch, or the given one when there is none.</summary>
    public static long OffsetBehind(ReadOnlySpan<byte> records, long otherwise)
    {
        const int LengthAt = 8, LastOffsetDeltaAt = 23, HeaderEnd = 12;
        while (records.Length >= HeaderEnd)
        {
            var length = HeaderEnd + BinaryPrimitives.ReadInt32BigEndian(records[LengthAt..]);
            if (records.Length < length)
            {
                break;
            }

            otherwise = BinaryPrimitives.ReadInt64BigEndian(records) + BinaryPrimitives.ReadInt32BigEndian(records[LastOffsetDeltaAt..]) + 1;
            records = records[length..];
        }

        return otherwise;
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
