using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>What became of a batch: in the log for good, or certainly never to be there.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> when the batch is committed, else why it was refused.</param>
/// <param name="Offset">The offset of the batch's last record when it is committed, else -1.</param>
public readonly record struct AppendResult(ErrorCode Error, long Offset)
{
    public bool IsCommitted => Error == ErrorCode.None;

    public static AppendResult Committed(long offset) => new(ErrorCode.None, offset);

    public static AppendResult Refused(ErrorCode error) =>
        error == ErrorCode.None ? throw new ArgumentException("A refusal names an error.", nameof(error)) : new(error, -1);
}
