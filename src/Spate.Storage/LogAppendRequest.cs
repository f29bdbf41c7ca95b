using Spate.Storage.Producers;

namespace Spate.Storage;

/// <summary>What the log must know of an append besides its bytes. The default is a current Produce request without a transaction.</summary>
public readonly record struct LogAppendRequest
{
    public LogAppendRequest()
    {
    }

    /// <summary>Who asks: a client, or a coordinator of this broker.</summary>
    public AppendOrigin Origin { get; init; } = AppendOrigin.Client;

    /// <summary>Whether messages of magic 0 and 1 may come (and are converted up): true below version 3 of Produce.</summary>
    public bool AcceptsLegacyMagic { get; init; }

    /// <summary>Whether Zstandard may come (KIP-110): false below version 7 of Produce. The default is true.</summary>
    public bool AcceptsZstd { get; init; } = true;

    /// <summary>Whether a transaction's first batch must have been verified: <c>transaction.partition.verification.enable</c>.</summary>
    public bool MustVerify { get; init; }

    /// <summary>What <see cref="PartitionLog.BeginVerification"/> gave for the batch.</summary>
    public VerificationGuard Guard { get; init; }

    /// <summary>The feature level <c>transaction.version</c> under which a coordinator wrote its markers.</summary>
    public short TransactionVersion { get; init; }
}
