using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Heartbeats that say the state of tasks is there which is only being restored.</summary>
internal sealed class Boasts : Sabotage
{
    public override StreamsGroupHeartbeatRequest Heard(StreamsGroupHeartbeatRequest request)
    {
        if (request.TaskEndOffsets is { } ends)
        {
            request.TaskOffsets = ends;
        }

        return request;
    }
}
