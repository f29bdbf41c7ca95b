namespace Spate.Coordination.Tests.Harness;

/// <summary>A <see cref="StreamsProtocolClient"/> whose coordinator is a bench, which answers at once.</summary>
internal sealed class TestInstance(string id) : StreamsProtocolClient(id, "g")
{
    /// <summary>One heartbeat.</summary>
    public StreamsHeartbeatResult Beat(Bench bench)
    {
        var result = Bench.Now(bench.Beat(Request()));
        Hear(result.Response);
        return result;
    }
}
