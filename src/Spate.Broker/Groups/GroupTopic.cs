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
/// <param name="controller">Decides that there is such a topic.</param>
/// <param name="settings">How many partitions it has.</param>
/// <param name="whenLoaded">Completes when the coordinator has taken over all partitions that were opened so far.</param>
/// <param name="logger">Told why it could not be created.</param>
public sealed class GroupTopic(Controller controller, BrokerSettings settings, Func<Task> whenLoaded, ILogger<GroupTopic> logger)
{
    /// <summary>Completes when the topic that is being created can be used; null while none is.</summary>
    private TaskCompletionSource? _beginning;

    /// <summary>
    /// Makes sure that the topic is there, and when it is new that groups can be asked for, since some clients take "still loading" for a failure;
    /// false when it could not be created.
    /// </summary>
    public async ValueTask<bool> EnsureAsync(CancellationToken cancellation)
    {
        if (controller.Image.TryGetTopic(TopicName.ConsumerOffsets, out _))
        {
            if (Volatile.Read(ref _beginning) is { } other)
            {
                await other.Task.WaitAsync(cancellation);
            }

            return true;
        }

        var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var beginning = Interlocked.CompareExchange(ref _beginning, own, null) ?? own;
        try
        {
            return await CreateAsync(cancellation);
        }
        finally
        {
            Interlocked.CompareExchange(ref _beginning, null, beginning);
            beginning.TrySetResult();
        }
    }

    private async ValueTask<bool> CreateAsync(CancellationToken cancellation)
    {
        try
        {
            var reply = await controller.CreateTopicsAsync(new CreateTopicsRequest { Topics = [Wanted()] }, cancellation);
            var result = reply.Topics[0];
            if (result.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists)
            {
                await whenLoaded().WaitAsync(cancellation);
                return true;
            }

            logger.GroupTopicNotCreated(TopicName.ConsumerOffsets, result.ErrorCode, result.ErrorMessage);
            return false;
        }
        catch (IOException failure)
        {
            logger.GroupTopicNotCreated(TopicName.ConsumerOffsets, ErrorCode.KafkaStorageError, failure.Message);
            return false;
        }
    }

    private CreateTopicsRequest.CreatableTopic Wanted() => new()
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
    };

    private static CreateTopicsRequest.CreatableTopicConfig Config(ConfigKey key, string value) => new() { Name = key.Name, Value = value };
}
