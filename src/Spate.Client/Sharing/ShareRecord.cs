using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// A record that a share group has given to this member, until it is acknowledged or its lock ends. It and all in it outlive the enumeration, but for what is read as <see cref="ReadOnlyMemory{T}"/>
/// of bytes. Safe for use by several threads at once.
/// </summary>
/// <typeparam name="TKey">The key's type.</typeparam>
/// <typeparam name="TValue">The value's type.</typeparam>
public sealed class ShareRecord<TKey, TValue>
{
    private readonly ShareLedger _ledger;
    private readonly ShareLease _lease;

    internal ShareRecord(in ConsumerRecord<TKey, TValue> record, short deliveryCount, ShareLedger ledger, ShareLease lease)
    {
        Record = record;
        DeliveryCount = deliveryCount;
        _ledger = ledger;
        _lease = lease;
    }

    /// <summary>The record.</summary>
    public ConsumerRecord<TKey, TValue> Record { get; }

    /// <summary>The key; the type's default when the record has none.</summary>
    public TKey? Key => Record.Key;

    /// <summary>The value; the type's default when the record has none.</summary>
    public TValue? Value => Record.Value;

    /// <summary>Its partition.</summary>
    public TopicPartition Partition => Record.Partition;

    /// <summary>Its offset.</summary>
    public long Offset => Record.Offset;

    /// <summary>How often it was delivered, this time included: from 1 to the brokers' <c>group.share.delivery.count.limit</c>.</summary>
    public int DeliveryCount { get; }

    /// <summary>It is done with: nobody is given it again. The broker hears of it with the next request for records, within <see cref="ShareConsumerOptions.AcknowledgeLinger"/>.</summary>
    /// <exception cref="InvalidOperationException">It has been acknowledged already.</exception>
    public void Accept() => Acknowledge(AcknowledgeType.Accept);

    /// <summary>It is to be delivered again, to this member or another, for as many times as the group allows.</summary>
    /// <exception cref="InvalidOperationException">It has been acknowledged already.</exception>
    public void Release() => Acknowledge(AcknowledgeType.Release);

    /// <summary>It cannot be worked on by anybody: nobody is given it again.</summary>
    /// <exception cref="InvalidOperationException">It has been acknowledged already.</exception>
    public void Reject() => Acknowledge(AcknowledgeType.Reject);

    /// <summary>Begins its lock anew, for work that takes longer than <c>share.record.lock.duration.ms</c> (KIP-1222): brokers since Kafka 4.2. Ends when the leader has agreed.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It has been acknowledged already.</exception>
    /// <exception cref="KafkaException">The lock has ended, or the leader could not be asked.</exception>
    public async Task RenewAsync(CancellationToken cancellationToken = default)
    {
        if (await _ledger.RenewAsync(_lease, Offset).WaitAsync(cancellationToken).ConfigureAwait(false) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Says something of it unless something has been said.</summary>
    internal bool TryAcknowledge(AcknowledgeType type) => _ledger.TryAcknowledge(_lease, Offset, type);

    private void Acknowledge(AcknowledgeType type)
    {
        if (!TryAcknowledge(type))
        {
            throw new InvalidOperationException($"The record at {Partition}, offset {Offset}, has been acknowledged already.");
        }
    }
}
