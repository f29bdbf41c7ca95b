using Spate.Client.Administration.Calls;

namespace Spate.Client.Administration;

/// <summary>What became of one item of a call that gives nothing but success: the others may have fared otherwise.</summary>
public readonly record struct AdminResult : IAdminResult<AdminResult>
{
    internal AdminResult(KafkaException? error) => Error = error;

    /// <summary>Null when it succeeded.</summary>
    public KafkaException? Error { get; }

    /// <summary>Whether it succeeded.</summary>
    public bool IsSuccess => Error is null;

    static AdminResult IAdminResult<AdminResult>.Of(KafkaException error) => new(error);

    /// <summary>Does nothing when it succeeded.</summary>
    /// <exception cref="KafkaException">It did not succeed; this says why.</exception>
    public void ThrowIfFailed()
    {
        if (Error is { } error)
        {
            throw error;
        }
    }

    /// <summary>A word, or the error's message.</summary>
    public override string ToString() => Error?.Message ?? "success";
}
