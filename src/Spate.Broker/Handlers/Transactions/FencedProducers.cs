using Spate.Protocol.Errors;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>How a producer is told that another one has taken its place: older versions only know an epoch that is not valid (KIP-588).</summary>
internal static class FencedProducers
{
    /// <param name="error">What the coordinator said.</param>
    /// <param name="version">The version of the request.</param>
    /// <param name="firstVersion">The first version that knows PRODUCER_FENCED.</param>
    public static ErrorCode Tell(ErrorCode error, short version, short firstVersion) =>
        error == ErrorCode.ProducerFenced && version < firstVersion ? ErrorCode.InvalidProducerEpoch : error;
}
