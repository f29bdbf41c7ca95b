using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>The request that tests start from: a client's, at offset 1000 of epoch 7, with Kafka's default topic configuration.</summary>
internal static class ValidationRequests
{
    public const long NextOffset = 1000;
    public const int LeaderEpoch = 7;
    public const long NowMs = 1_800_000_000_000;

    public static ValidationRequest FromClient(ValidationRules? rules = null) => new()
    {
        Rules = rules ?? new ValidationRules(),
        NextOffset = NextOffset,
        LeaderEpoch = LeaderEpoch,
        NowMs = NowMs,
    };
}
