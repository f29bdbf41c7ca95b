namespace Spate.Client.Administration;

/// <summary>Which transactional ids <see cref="TransactionAdmin.ListAsync"/> lists. Immutable.</summary>
public sealed record ListTransactionsOptions
{
    /// <summary>Those in these states only. Default: none, for all states.</summary>
    public IReadOnlyCollection<TransactionState> States { get; init; } = [];

    /// <summary>Those of these producer ids only. Default: none, for all of them.</summary>
    public IReadOnlyCollection<long> ProducerIds { get; init; } = [];

    /// <summary>Those whose transaction has been open for longer (KIP-994): ListTransactions version 1. Default: null, for all. From 0 on, counted in milliseconds.</summary>
    public TimeSpan? LongerThan { get; init; }

    /// <summary>Those that match a regular expression, of the dialect that brokers understand (RE2, KIP-1152): ListTransactions version 2. Default: null, for all.</summary>
    public string? Pattern { get; init; }
}
