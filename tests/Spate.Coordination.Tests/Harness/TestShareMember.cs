using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A <see cref="ShareProtocolClient"/> whose coordinator is a bench, which answers at once.</summary>
internal sealed class TestShareMember(string id, string group = "g") : ShareProtocolClient(id, group)
{
    /// <summary>One heartbeat.</summary>
    public ShareGroupHeartbeatResponse Beat(Bench bench)
    {
        var response = Bench.Now(bench.Beat(Request()));
        Hear(response);
        return response;
    }

    public ErrorCode Leave(Bench bench)
    {
        var response = Bench.Now(bench.Beat(Farewell()));
        Restart();
        return response.ErrorCode;
    }
}
