using Spate.Storage.Producers;

namespace Spate.Broker.Partitions;

/// <summary>What the version and the settings of a Produce request mean for the bytes it brings.</summary>
public readonly record struct ProduceTerms
{
    /// <summary>acks=all: the append is refused while fewer than <c>min.insync.replicas</c> are in sync.</summary>
    public required bool RequiresInSyncReplicas { get; init; }

    /// <summary>Whether messages of magic 0 and 1 may come; they are converted.</summary>
    public required bool AcceptsLegacyMagic { get; init; }

    /// <summary>Whether zstd may come.</summary>
    public required bool AcceptsZstd { get; init; }

    /// <summary>Whether a transaction may begin in the partition unverified: <c>transaction.partition.verification.enable=false</c>.</summary>
    public bool TrustsTransactions { get; init; }

    /// <summary>What <see cref="Partition.BeginVerification"/> gave for the batch, once its transaction's coordinator has confirmed it.</summary>
    public VerificationGuard Guard { get; init; }
}
