using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// What every failure of the client comes out as, but for wrong arguments of a call (<see cref="ArgumentException"/>), calls after the end
/// (<see cref="ObjectDisposedException"/>) and cancellation by the caller (<see cref="OperationCanceledException"/>). The message says
/// what failed, where, and what to do next.
/// </summary>
public class KafkaException : Exception
{
    /// <param name="errorCode">The protocol's code for it.</param>
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaException(ErrorCode errorCode, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorCode = errorCode;
        IsRetriable = ErrorCatalog.IsRetriable(errorCode);
    }

    /// <summary>The protocol's code: the broker's own, or the one that fits when the client found out by itself.</summary>
    public ErrorCode ErrorCode { get; }

    /// <summary>The same call may succeed later without anybody changing anything.</summary>
    public bool IsRetriable { get; init; }

    /// <summary>The object that threw cannot go on: dispose it and make another.</summary>
    public bool IsFatal { get; init; }

    /// <summary>The transaction under way cannot be committed and has to be aborted; the producer can go on after that.</summary>
    public bool MustAbort { get; init; }

    /// <summary>Which broker it was, as <c>1 (host:port)</c> or <c>host:port</c>; null when no single one was.</summary>
    public string? Broker { get; init; }

    /// <summary>Which partition it was; null when no single one was.</summary>
    public TopicPartition? Partition { get; init; }
}
