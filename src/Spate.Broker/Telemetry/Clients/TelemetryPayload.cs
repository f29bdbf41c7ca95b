using Google.Protobuf;
using Spate.Protocol.Compression;
using Spate.Protocol.Compression.Native;
using Spate.Protocol.Errors;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>The values of one push.</summary>
/// <param name="Points">Those that were read.</param>
/// <param name="Dropped">How many were left out, because they were too many or their names too long.</param>
internal readonly record struct TelemetryPayload(IReadOnlyList<TelemetryPoint> Points, int Dropped)
{
    /// <summary>How many times as large as it may be compressed a push may become, so that a few bytes cannot fill the memory.</summary>
    private const int ExpansionMax = 16;
    private const int UnpackedBytesMax = 64 << 20;

    /// <summary>Unpacks a push and reads it.</summary>
    /// <param name="codec">How it is compressed.</param>
    /// <param name="bytes">The push; nothing in it is a push of nothing.</param>
    /// <param name="bytesMax"><c>telemetry.max.bytes</c>.</param>
    /// <param name="payload">What is in it, when there is no error.</param>
    public static ErrorCode TryRead(CompressionCodec codec, ReadOnlySpan<byte> bytes, int bytesMax, out TelemetryPayload payload)
    {
        payload = new TelemetryPayload([], 0);
        if (bytes.IsEmpty)
        {
            return ErrorCode.None;
        }

        using var unpacked = new PooledBuffer();
        try
        {
            switch (Decompressor.Decompress(codec, bytes, (int)Math.Min((long)bytesMax * ExpansionMax, UnpackedBytesMax), unpacked))
            {
                case CompressionError.None:
                    break;
                case CompressionError.TooLarge:
                    return ErrorCode.TelemetryTooLarge;
                case CompressionError.UnknownCodec:
                    return ErrorCode.UnsupportedCompressionType;
                default:
                    return ErrorCode.InvalidRecord;
            }

            var reader = new OtlpReader();
            reader.Read(unpacked.Span);
            payload = new TelemetryPayload(reader.Points, reader.Dropped);
            return ErrorCode.None;
        }
        catch (MissingNativeLibraryException)
        {
            return ErrorCode.UnsupportedCompressionType;
        }
        catch (InvalidProtocolBufferException)
        {
            return ErrorCode.InvalidRecord;
        }
    }
}
