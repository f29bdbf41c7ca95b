using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>Ids that one broker may give to producers, and no other.</summary>
/// <param name="First">The first of them, from 0.</param>
/// <param name="Count">How many; 0 when there are none left in the world.</param>
public readonly record struct ProducerIdBlock(long First, int Count)
{
    /// <summary>Ids in a block, as in Kafka: so many producers come before the next decision, and at most so many ids are lost by a stop.</summary>
    public const int Size = 1_000;

    /// <summary>Gives a broker the next block. Pure.</summary>
    public static Decision<ProducerIdBlock> Decide(ClusterImage image, int brokerId)
    {
        ArgumentNullException.ThrowIfNull(image);
        var next = image.ProducerIds.Next;
        return next > long.MaxValue - Size
            ? new Decision<ProducerIdBlock>([], new ProducerIdBlock(next, 0))
            : new Decision<ProducerIdBlock>(
                [new ProducerIdsRecord { BrokerId = brokerId, BrokerEpoch = image.Brokers.Find(brokerId)?.Epoch ?? -1, NextProducerId = next + Size }],
                new ProducerIdBlock(next, Size));
    }
}
