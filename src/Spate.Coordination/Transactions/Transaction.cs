using Spate.Protocol;

namespace Spate.Coordination.Transactions;

/// <summary>
/// What the log says of one transactional id: who its one live producer is, and how far its transaction has come. Immutable; each step gives
/// the next one, to be written down before anybody goes by it.
/// </summary>
internal sealed record Transaction
{
    public const long NoProducerId = -1;
    public const short NoEpoch = -1;
    public const long NoTime = -1;

    /// <summary>The last epoch that a producer is given: one more is kept back, to fence it with.</summary>
    public const short LastGivenEpoch = short.MaxValue - 1;

    /// <summary>The version of transactions in which each of them has an epoch of its own (KIP-890).</summary>
    public const short EpochBumpVersion = 2;

    /// <summary>The producer that has the id now.</summary>
    public required long ProducerId { get; init; }

    /// <summary>The producer before the last step; by it the repetition of a request that changed the producer is known.</summary>
    public long PreviousProducerId { get; init; } = NoProducerId;

    /// <summary>The producer from the end of this transaction on, when the epochs of the present one are used up.</summary>
    public long NextProducerId { get; init; } = NoProducerId;

    public required short ProducerEpoch { get; init; }

    /// <summary>How long a transaction may last, in milliseconds.</summary>
    public required int TimeoutMs { get; init; }

    public required TransactionState State { get; init; }

    /// <summary>Where the transaction has written, or was about to; empty unless one is under way.</summary>
    public EnrolledPartitions Partitions { get; init; } = [];

    /// <summary>When the last step was taken, in milliseconds since 1970.</summary>
    public required long LastUpdateMs { get; init; }

    /// <summary>When the transaction began, in milliseconds since 1970; -1 before the first.</summary>
    public long StartMs { get; init; } = NoTime;

    /// <summary>The version of transactions that the client spoke in the last step.</summary>
    public short ClientVersion { get; init; }

    public bool IsPrepared => State is TransactionState.PrepareCommit or TransactionState.PrepareAbort;

    public bool IsComplete => State is TransactionState.CompleteCommit or TransactionState.CompleteAbort;

    /// <summary>Whether the producer holds the last epoch that there is for its id.</summary>
    public bool IsExhausted => ProducerEpoch >= LastGivenEpoch;

    /// <summary>Whether the epoch is the one behind the last, which is given to nobody.</summary>
    public bool IsFenceOnly => ProducerEpoch > LastGivenEpoch;

    /// <summary>A transactional id that was never seen, or not for so long that it was forgotten.</summary>
    public static Transaction First(long producerId, int timeoutMs, long nowMs) => new()
    {
        ProducerId = producerId,
        ProducerEpoch = 0,
        TimeoutMs = timeoutMs,
        State = TransactionState.Empty,
        LastUpdateMs = nowMs,
    };

    /// <summary>The id changes hands, or its producer begins anew: whoever holds another epoch is fenced.</summary>
    public Transaction GiveTo(long producerId, short epoch, int timeoutMs, long nowMs) => Step(TransactionState.Empty, nowMs) with
    {
        ProducerId = producerId,
        ProducerEpoch = epoch,
        TimeoutMs = timeoutMs,
        Partitions = [],
        StartMs = NoTime,
    };

    /// <summary>Partitions become part of the transaction, which begins if it had not.</summary>
    public Transaction Enrol(IEnumerable<TopicPartition> partitions, short clientVersion, long nowMs) => Step(TransactionState.Ongoing, nowMs) with
    {
        Partitions = Partitions.Union(partitions),
        StartMs = State == TransactionState.Ongoing ? StartMs : nowMs,
        ClientVersion = clientVersion,
    };

    /// <summary>It is decided how the transaction ends. From version 2 on its producer goes on in the next epoch, so that nothing late can be taken for part of the next one.</summary>
    /// <param name="isCommit">How.</param>
    /// <param name="clientVersion">The version that the client ends it in.</param>
    /// <param name="nextProducerId">Who the producer is then, when the epochs of this one are used up; otherwise -1.</param>
    /// <param name="nowMs">Milliseconds since 1970.</param>
    public Transaction Prepare(bool isCommit, short clientVersion, long nextProducerId, long nowMs) =>
        Step(isCommit ? TransactionState.PrepareCommit : TransactionState.PrepareAbort, nowMs) with
        {
            ProducerEpoch = clientVersion >= EpochBumpVersion ? (short)(ProducerEpoch + 1) : ProducerEpoch,
            NextProducerId = nextProducerId,
            StartMs = State == TransactionState.Ongoing ? StartMs : nowMs,
            ClientVersion = clientVersion,
        };

    /// <summary>The transaction is taken from its producer and aborted. The epoch is given to nobody: it only fences.</summary>
    public Transaction Fence(long nowMs) => Step(TransactionState.PrepareAbort, nowMs) with { ProducerEpoch = (short)(ProducerEpoch + 1) };

    /// <summary>All markers are written.</summary>
    public Transaction Complete(long nowMs) =>
        Step(State == TransactionState.PrepareCommit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort, nowMs) with
        {
            ProducerId = NextProducerId != NoProducerId ? NextProducerId : ProducerId,
            ProducerEpoch = NextProducerId != NoProducerId ? (short)0 : ProducerEpoch,
            NextProducerId = NoProducerId,
            Partitions = [],
        };

    private Transaction Step(TransactionState next, long nowMs) => this with
    {
        State = next,
        PreviousProducerId = ProducerId,
        LastUpdateMs = nowMs,
    };
}
