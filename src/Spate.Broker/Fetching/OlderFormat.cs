using System.Diagnostics.CodeAnalysis;
using Spate.Broker.Network;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Broker.Fetching;

/// <summary>
/// Puts the records of an answer into the message format of versions below 4: magic 1 for versions 2 and 3, magic 0 for 0 and 1. Unlike all
/// other records these stand in memory until they are sent, so that there is a bound on them over all connections, and few are at work at the
/// same time. Safe for use by several threads at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody waits for through a handle has nothing to let go of.")]
internal sealed class OlderFormat(TimeProvider clock, long bytesMax = OlderFormat.BytesMax)
{
    /// <summary>
    /// Bytes that are converted or wait to be sent, over all connections. A fetch for which none are left waits as long as its client allows,
    /// and is answered without records then; its client asks again.
    /// </summary>
    public const long BytesMax = 128 << 20;

    private const short FirstVersionOfBatches = 4;
    private const short FirstVersionOfTimestamps = 2;
    private const short FirstVersionOfWholeBatches = 3;

    /// <summary>What one decompression may produce, in bytes; a batch that grows beyond cannot be served to so old a client.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>Conversions at the same time: each is the work of a processor, and may take the memory of a decompressed batch.</summary>
    private const int TurnsMax = 2;

    private readonly MemoryBudget _budget = new(bytesMax);
    private readonly SemaphoreSlim _turns = new(TurnsMax, TurnsMax);

    /// <summary>Bytes taken at present.</summary>
    public long BytesHeld => _budget.Used;

    public static bool IsAskedFor(short version) => version < FirstVersionOfBatches;

    /// <summary>Converts the records of all answers.</summary>
    /// <param name="answers">What was found; the records in it are replaced.</param>
    /// <param name="version">The version of the request.</param>
    /// <param name="time">How long the client waits, if need be.</param>
    /// <param name="closed">Cancelled when the client goes.</param>
    public async ValueTask ConvertAsync(IReadOnlyList<FetchAnswer> answers, short version, TimeSpan time, CancellationToken closed)
    {
        using var timeUp = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, closed);
        foreach (var answer in answers)
        {
            if (answer.Data.Records.Source is { } records)
            {
                answer.Data.Records = RecordsPayload.Empty;
                using (records)
                {
                    await ConvertAsync(answer, records, version, either.Token);
                }
            }
        }
    }

    private async ValueTask ConvertAsync(FetchAnswer answer, IRecordSource records, short version, CancellationToken over)
    {
        BudgetShare share;
        try
        {
            // For the records and for what becomes of them.
            share = await _budget.TakeAsync((int)Math.Min(int.MaxValue, 2L * records.Length), over);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var isHandedOver = false;
        try
        {
            if (await ConvertInTurnAsync(answer, records, version) is { } older)
            {
                await _budget.GrowAsync(share, (int)Math.Max(0, older.Length - share.Bytes), over);
                answer.Data.Records = new RecordsPayload(new ConvertedRecords(older, share));
                isHandedOver = true;
            }
        }
        catch (OperationCanceledException)
        {
            // They became more than there is room for now.
        }
        finally
        {
            if (!isHandedOver)
            {
                share.Dispose();
            }
        }
    }

    private async ValueTask<byte[]?> ConvertInTurnAsync(FetchAnswer answer, IRecordSource records, short version)
    {
        await _turns.WaitAsync(CancellationToken.None);
        try
        {
            var older = Convert(records, answer.Partition.FetchOffset, version, answer.BytesMax, out var error);
            answer.Data.ErrorCode = error;
            return older;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <param name="records">What was read.</param>
    /// <param name="fetchOffset">The offset that was asked for; records before it, which their batch brings along, are left out of old formats.</param>
    /// <param name="version">The version of the request.</param>
    /// <param name="cutAt">Where versions below 3 are cut, in the midst of a message if need be: a client that gets a piece asks for more.</param>
    /// <param name="error">Why there are none.</param>
    private static byte[]? Convert(IRecordSource records, long fetchOffset, short version, int cutAt, out ErrorCode error)
    {
        var bytes = new byte[records.Length];
        if (!TryRead(records, bytes))
        {
            error = ErrorCode.KafkaStorageError;
            return null;
        }

        using var converter = new MessageFormatConverter();
        using var older = new PooledBuffer();
        var magic = version >= FirstVersionOfTimestamps ? (byte)1 : (byte)0;
        var failure = converter.ConvertDown(bytes, magic, fetchOffset, DecompressedBytesMax, older, out _);
        error = failure switch
        {
            RecordError.None => ErrorCode.None,
            RecordError.IncompatibleCodec => ErrorCode.UnsupportedCompressionType,
            _ => ErrorCode.CorruptMessage,
        };
        return failure != RecordError.None ? null
            : version < FirstVersionOfWholeBatches && older.Length > cutAt ? older.Span[..cutAt].ToArray()
            : older.Span.ToArray();
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
