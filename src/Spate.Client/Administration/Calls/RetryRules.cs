using Spate.Protocol.Errors;

namespace Spate.Client.Administration.Calls;

/// <summary>Which answers about an item mean that it should be asked about again: what is a passing state for one call is the result of another.</summary>
internal static class RetryRules
{
    /// <summary>The answer counts, whatever it is.</summary>
    public static bool Never(KafkaException failure) => false;

    /// <summary>Nothing was decided, since the controller has moved or asks for patience (KIP-599). Everything else was: to repeat it would tell of its own first success as a failure.</summary>
    public static bool NotDecided(KafkaException failure) => failure.ErrorCode is ErrorCode.NotController or ErrorCode.ThrottlingQuotaExceeded;

    /// <summary>A partition whose leader has moved, or is moving.</summary>
    public static bool Passing(KafkaException failure) => failure.IsRetriable;

    /// <summary>A coordinator that has moved or is reading itself in, or offsets that an open transaction holds back.</summary>
    public static bool CoordinatorMoved(KafkaException failure) => failure.ErrorCode
        is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.UnstableOffsetCommit;
}
