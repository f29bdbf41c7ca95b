using Spate.Client.Connections;
using Spate.Client.Producing.Transactions;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing;

/// <summary>One Produce request: being filled, then under way, then answered. Belongs to the sender's loop.</summary>
internal sealed class ProduceDraft(int nodeId, BrokerConnection connection, TransactionScope? transaction)
{
    private bool _hasEnded;

    public int NodeId { get; } = nodeId;

    public BrokerConnection Connection { get; } = connection;

    /// <summary>The transaction that its records belong to; null for a producer without transactions.</summary>
    public TransactionScope? Transaction { get; } = transaction;

    /// <summary>One batch for each partition.</summary>
    public List<ProducerBatch> Batches { get; } = [];

    public int Bytes { get; private set; }

    /// <summary>The answer, or why there is none, has come. Set last, by whoever sent it.</summary>
    public bool HasEnded { get => Volatile.Read(ref _hasEnded); set => Volatile.Write(ref _hasEnded, value); }

    /// <summary>The answer; null until it came, and for requests that have none.</summary>
    public ProduceResponse? Response { get; set; }

    /// <summary>Why there is no answer.</summary>
    public KafkaException? Failure { get; set; }

    public bool HasRoomFor(ProducerBatch batch, int bytesMax) => Batches.Count == 0 || Bytes + batch.Size <= bytesMax;

    public void Add(ProducerBatch batch)
    {
        Batches.Add(batch);
        Bytes += batch.Size;
    }
}
