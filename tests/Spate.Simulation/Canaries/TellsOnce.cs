using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Heartbeats that tell how far the state of tasks is when a member joins, and never again.</summary>
internal sealed class TellsOnce : Sabotage
{
    public override StreamsGroupHeartbeatRequest Heard(StreamsGroupHeartbeatRequest request)
    {
        if (request.MemberEpoch > 0)
        {
            (request.TaskOffsets, request.TaskEndOffsets) = (null, null);
        }

        return request;
    }
}
