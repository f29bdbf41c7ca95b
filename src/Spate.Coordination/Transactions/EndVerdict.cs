using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>Whether a transaction is to be ended; if not, what the caller is told, None when it has ended as was asked before.</summary>
internal readonly record struct EndVerdict(bool Proceeds, ErrorCode Error)
{
    public static EndVerdict Ends => new(true, ErrorCode.None);

    public static EndVerdict EndedBefore => new(false, ErrorCode.None);

    public static EndVerdict Refused(ErrorCode error) => new(false, error);
}
