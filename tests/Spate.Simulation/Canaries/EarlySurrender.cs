using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Heartbeats that say tasks are given up which are still worked on.</summary>
internal sealed class EarlySurrender : Sabotage
{
    public override StreamsGroupHeartbeatRequest Heard(StreamsGroupHeartbeatRequest request)
    {
        if (request.ActiveTasks is not null)
        {
            (request.ActiveTasks, request.StandbyTasks, request.WarmupTasks) = ([], [], []);
        }

        return request;
    }
}
