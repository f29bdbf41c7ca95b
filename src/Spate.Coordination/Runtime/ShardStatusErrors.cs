using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>What a caller is told by a shard that cannot serve.</summary>
internal static class ShardStatusErrors
{
    public static ErrorCode ToError(this ShardStatus status) => status switch
    {
        ShardStatus.Loading => ErrorCode.CoordinatorLoadInProgress,
        ShardStatus.Failed => ErrorCode.CoordinatorNotAvailable,
        ShardStatus.Absent => ErrorCode.NotCoordinator,
        _ => throw new InvalidOperationException("An active shard serves."),
    };
}
