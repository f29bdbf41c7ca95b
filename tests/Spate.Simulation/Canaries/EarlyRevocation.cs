using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Heartbeats that say partitions are given up which are still read.</summary>
internal sealed class EarlyRevocation : Sabotage
{
    public override ConsumerGroupHeartbeatRequest Heard(ConsumerGroupHeartbeatRequest request)
    {
        if (request.TopicPartitions is not null)
        {
            request.TopicPartitions = [];
        }

        return request;
    }
}
