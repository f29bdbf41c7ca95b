using System.Globalization;
using System.Text;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Broker.Shares.GivenUp;

/// <summary>Makes batches of dead letters: a record for each offset, whose headers say where it was and why it was given up (KIP-1191).</summary>
internal sealed class DeadLetterBatches(string groupId, TopicPartition source, int batchBytesMax, long nowMs) : IDisposable
{
    private static readonly Dictionary<DeadLetterReason, byte[]> Reasons = new()
    {
        [DeadLetterReason.Rejected] = "A member of the group rejected the record."u8.ToArray(),
        [DeadLetterReason.DeliveriesUsedUp] = "The record was delivered as often as the group allows, and nobody accepted it."u8.ToArray(),
    };

    private readonly List<byte[]> _complete = [];
    private readonly RecordBatchBuilder _builder = new();
    private readonly byte[] _topic = Encoding.UTF8.GetBytes(source.Topic);
    private readonly byte[] _partition = Text(source.Partition);
    private readonly byte[] _group = Encoding.UTF8.GetBytes(groupId);

    /// <param name="letters">Records that were given up for one reason.</param>
    /// <param name="contents">What they were, by their offsets; those that are not there are told of by their headers alone.</param>
    public void Add(DeadLetters letters, IReadOnlyDictionary<long, OwnedRecord> contents)
    {
        var deliveries = Text(letters.DeliveryCount);
        for (var offset = letters.Offsets.First; offset <= letters.Offsets.Last; offset++)
        {
            RecordHeader[] headers =
            [
                new("__dlq.errors.topic", _topic),
                new("__dlq.errors.partition", _partition),
                new("__dlq.errors.offset", Text(offset)),
                new("__dlq.errors.group", _group),
                new("__dlq.errors.delivery.count", deliveries),
                new("__dlq.errors.message", Reasons[letters.Reason]),
            ];
            var content = contents.GetValueOrDefault(offset);
            Add(content?.Key, content?.Value, headers);
        }
    }

    /// <summary>All batches, each no larger than the topic takes.</summary>
    public IReadOnlyList<byte[]> Complete()
    {
        Close();
        return _complete;
    }

    public void Dispose() => _builder.Dispose();

    private static byte[] Text(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private void Add(byte[]? key, byte[]? value, RecordHeader[] headers)
    {
        var size = RecordBatchBuilder.SizeBound(key, value, headers);
        if (_builder.RecordCount > 0 && _builder.Size + size > batchBytesMax)
        {
            Close();
        }

        if (RecordBatchLayout.Records + size > batchBytesMax)
        {
            // Too large for the topic; what it was can still be read where it lies.
            (key, value) = (null, null);
        }

        _builder.Append(nowMs, key, value, headers);
    }

    private void Close()
    {
        if (_builder.RecordCount > 0)
        {
            _complete.Add(_builder.Build().ToArray());
            _builder.Reset();
        }
    }
}
