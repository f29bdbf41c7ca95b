using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Producers;

namespace Spate.Storage.Tests.Producers;

/// <summary>A log that keeps no records: it checks, gives offsets and applies, as a partition's log does, and shows what came of it.</summary>
internal sealed class ProducerLog
{
    public const long Now = 1_000_000;

    private static readonly RecordBatchAttributes Transactional =
        RecordBatchAttributes.Create(CompressionCodec.None, isTransactional: true);

    public ProducerStates States { get; } = new();

    public long EndOffset => States.EndOffset;

    public static RecordBatchHeader Batch(
        long producerId, short epoch, int firstSequence, int count = 1, bool isTransactional = false, long timestamp = Now) => new()
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = firstSequence,
            LastOffsetDelta = count - 1,
            RecordCount = count,
            MaxTimestamp = timestamp,
            Attributes = isTransactional ? Transactional : default,
        };

    public static TransactionMarker Marker(long producerId, short epoch, bool isAbort = false, int coordinatorEpoch = 0) =>
        new(producerId, epoch, coordinatorEpoch, isAbort, Offset: -1, Timestamp: Now);

    public ProducerCheck Check(in RecordBatchHeader batch, AppendOrigin origin = AppendOrigin.Client) => States.Check(batch, origin);

    /// <summary>Puts the batch at the end, whatever a check would say.</summary>
    public void Apply(RecordBatchHeader batch, long time = Now) =>
        States.Apply(batch with { BaseOffset = EndOffset }, new LogPosition(EndOffset, 0, (int)EndOffset * 100), time);

    public CompletedTransaction? Apply(TransactionMarker marker, long time = Now) => States.Apply(marker with { Offset = EndOffset }, time);

    /// <summary>
    /// Applies steps such as <c>p1e0s0</c> (producer 1, epoch 0, sequence 0), <c>p1e0s0x3</c> (three records), <c>p1e0s0t</c>
    /// (transactional), <c>p1e0commit</c>, <c>p1e0abort</c> and <c>plain5</c> (five records without a producer id).
    /// </summary>
    public ProducerLog Do(string steps)
    {
        foreach (var step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step.StartsWith("plain", StringComparison.Ordinal))
            {
                States.AdvanceTo(EndOffset + int.Parse(step[5..]));
            }
            else if (TryMarker(step, out var marker))
            {
                Apply(marker);
            }
            else
            {
                Apply(Parse(step));
            }
        }

        return this;
    }

    public static RecordBatchHeader Parse(string step)
    {
        var isTransactional = step.EndsWith('t');
        var numbers = step.TrimEnd('t').Split(['p', 'e', 's', 'x'], StringSplitOptions.RemoveEmptyEntries);
        return Batch(
            long.Parse(numbers[0]),
            short.Parse(numbers[1]),
            int.Parse(numbers[2]),
            numbers.Length > 3 ? int.Parse(numbers[3]) : 1,
            isTransactional);
    }

    private static bool TryMarker(string step, out TransactionMarker marker)
    {
        var isAbort = step.EndsWith("abort", StringComparison.Ordinal);
        if (!isAbort && !step.EndsWith("commit", StringComparison.Ordinal))
        {
            marker = default;
            return false;
        }

        var numbers = step.Replace(isAbort ? "abort" : "commit", "", StringComparison.Ordinal).Split(['p', 'e'], StringSplitOptions.RemoveEmptyEntries);
        marker = Marker(long.Parse(numbers[0]), short.Parse(numbers[1]), isAbort);
        return true;
    }
}
