using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Broker.Handlers;

/// <summary>
/// Puts the records of a read into a fetch answer: as they lie on disk for versions from 4 on, in the message format of their time before
/// that (magic 1 for versions 2 and 3, magic 0 for 0 and 1).
/// </summary>
internal static class OlderFormat
{
    private const short FirstVersionOfBatches = 4;
    private const short FirstVersionOfTimestamps = 2;
    private const short FirstVersionOfWholeBatches = 3;

    /// <summary>What one decompression may produce, in bytes; a batch that grows beyond cannot be served to so old a client.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>Whether records are converted for a version of the request.</summary>
    public static bool IsNeeded(short version) => version < FirstVersionOfBatches;

    /// <summary>Hands the records over, or their conversion.</summary>
    /// <param name="answer">Where they go.</param>
    /// <param name="records">What was read; this method disposes it or hands it on.</param>
    /// <param name="fetchOffset">The offset that was asked for; records before it, which their batch brings along, are left out of old formats.</param>
    /// <param name="version">The version of the request.</param>
    /// <param name="bytesMax">Where versions below 3 are cut, in the midst of a message if need be: a client that gets a piece asks for more.</param>
    public static void Answer(FetchResponse.PartitionData answer, IRecordSource records, long fetchOffset, short version, int bytesMax)
    {
        if (!IsNeeded(version))
        {
            answer.Records = new RecordsPayload(records);
            return;
        }

        using (records)
        {
            var bytes = new byte[records.Length];
            if (!TryRead(records, bytes))
            {
                answer.ErrorCode = ErrorCode.KafkaStorageError;
                return;
            }

            using var converter = new MessageFormatConverter();
            using var older = new PooledBuffer();
            var magic = version >= FirstVersionOfTimestamps ? (byte)1 : (byte)0;
            var error = converter.ConvertDown(bytes, magic, fetchOffset, DecompressedBytesMax, older, out _);
            if (error == RecordError.None)
            {
                answer.Records = new RecordsPayload((version < FirstVersionOfWholeBatches && older.Length > bytesMax ? older.Span[..bytesMax] : older.Span).ToArray());
                return;
            }

            answer.ErrorCode = error == RecordError.IncompatibleCodec ? ErrorCode.UnsupportedCompressionType : ErrorCode.CorruptMessage;
        }
    }

    /// <summary>False when the disk fails, or when the records have been truncated since they were found; the client asks again.</summary>
    private static bool TryRead(IRecordSource records, byte[] target)
    {
        try
        {
            return records.Read(0, target) == target.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
