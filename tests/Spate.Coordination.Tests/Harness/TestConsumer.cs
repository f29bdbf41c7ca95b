using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A <see cref="ConsumerProtocolClient"/> whose coordinator is a bench, which answers at once.</summary>
internal sealed class TestConsumer(Bench bench, string id, string group = "g") : ConsumerProtocolClient(id, group)
{
    /// <summary>One heartbeat.</summary>
    public ConsumerGroupHeartbeatResponse Beat(Bench? elsewhere = null)
    {
        var response = Bench.Now((elsewhere ?? bench).Beat(Request()));
        Hear(response);
        return response;
    }

    public ErrorCode Leave(int epoch = -1)
    {
        var response = Bench.Now(bench.Beat(Farewell(epoch)));
        Reset();
        return response.ErrorCode;
    }
}
