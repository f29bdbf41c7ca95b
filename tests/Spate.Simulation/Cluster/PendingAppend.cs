using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Simulation.Cluster;

/// <summary>An append that is under way; whoever decides about it first decides for good.</summary>
/// <param name="decide">Writes, or does not.</param>
internal sealed class PendingAppend(Func<ErrorCode, AppendResult> decide)
{
    private AppendResult? _result;

    public AppendResult Decide(ErrorCode error) => _result ??= decide(error);
}
