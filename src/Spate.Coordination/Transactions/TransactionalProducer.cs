using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>All that goes by one transactional id. What is logged changes by <see cref="TransactionShard.Apply"/> alone; the rest is lost with the shard.</summary>
internal sealed class TransactionalProducer(string transactionalId, Transaction logged)
{
    public string TransactionalId { get; } = transactionalId;

    public Transaction Logged { get; set; } = logged;

    /// <summary>
    /// The epoch before the last one was given out, when whoever asked for it named it: by it a repetition of that request is known. -1 when
    /// there is none.
    /// </summary>
    public short LastEpoch { get; set; } = Transaction.NoEpoch;

    /// <summary>Whoever ended the transaction and waits for its markers; null when nobody does.</summary>
    public Reply<EndTxnResponse?>? EndReply { get; set; }
}
