namespace Spate.Conformance.Processes;

/// <summary>A shared broker that looks for transactions that are over several times a second.</summary>
public sealed class TransactionBroker : SharedBroker
{
    public TransactionBroker()
        : base([("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100"), ("transaction.state.log.num.partitions", "4")])
    {
    }
}
