using System.Globalization;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Groups;

/// <summary>
/// The topic that keeps the state of groups. It is created when a client first asks for a coordinator, so that a broker that serves no group
/// carries none of its partitions. Safe for use by several threads at once.
/// </summary>
public sealed class GroupTopic(Controller controller, BrokerSettings settings, ILogger<GroupTopic> logger)
{
    /// <summary>Makes sure that the topic is there; false when it could not be created.</summary>
    public async ValueTask<bool> EnsureAsync(CancellationToken cancellation)
    {
        if (controller.Image.TryGetTopic(TopicName.ConsumerOffsets, out _))
        {
            return true;
        }

        var reply = await controller.CreateTopicsAsync(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new CreateTopicsRequest.CreatableTopic
                    {
                        Name = TopicName.ConsumerOffsets,
                        NumPartitions = settings.Values.Get(BrokerKeys.OffsetsTopicPartitions),
                        ReplicationFactor = -1,
                        Configs =
                        [
                            Config(TopicKeys.CleanupPolicy.Topic, "compact"),
                            Config(TopicKeys.CompressionType.Topic, "producer"),
                            Config(TopicKeys.SegmentBytes.Topic, settings.Values.Get(BrokerKeys.OffsetsTopicSegmentBytes).ToString(CultureInfo.InvariantCulture)),
                        ],
                    },
                ],
            },
            cancellation);
        var result = reply.Topics[0];
        if (result.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists)
        {
            return true;
        }

        logger.GroupTopicNotCreated(TopicName.ConsumerOffsets, result.ErrorCode, result.ErrorMessage);
        return false;
    }

    private static CreateTopicsRequest.CreatableTopicConfig Config(ConfigKey key, string value) => new() { Name = key.Name, Value = value };
}
