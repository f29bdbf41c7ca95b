using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Heartbeats that tell again and again how far the state of tasks was when the member joined.</summary>
internal sealed class OldNews : Sabotage
{
    private readonly Dictionary<string, (List<StreamsGroupHeartbeatRequest.TaskOffset>? Offsets, List<StreamsGroupHeartbeatRequest.TaskOffset>? Ends)> _atFirst = new(StringComparer.Ordinal);

    public override StreamsGroupHeartbeatRequest Heard(StreamsGroupHeartbeatRequest request)
    {
        if (request.MemberEpoch == 0)
        {
            _atFirst[request.MemberId] = (request.TaskOffsets, request.TaskEndOffsets);
        }
        else if (request.TaskOffsets is not null && _atFirst.TryGetValue(request.MemberId, out var first))
        {
            (request.TaskOffsets, request.TaskEndOffsets) = first;
        }

        return request;
    }
}
