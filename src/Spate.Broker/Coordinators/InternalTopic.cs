using System.Globalization;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Coordinators;

/// <summary>
/// A topic that keeps the state of a coordinator. It is created when a client first asks for that coordinator, so that a broker that serves no
/// group, or no transaction, carries none of its partitions. Safe for use by several threads at once.
/// </summary>
/// <param name="wanted">The topic, as it is made when it is not there.</param>
/// <param name="controller">Decides that there is such a topic.</param>
/// <param name="whenLoaded">Completes when the coordinator has taken over all partitions that were opened so far.</param>
/// <param name="logger">Told why it could not be created.</param>
public sealed class InternalTopic(CreateTopicsRequest.CreatableTopic wanted, Controller controller, Func<Task> whenLoaded, ILogger<InternalTopic> logger)
{
    /// <summary>Completes when the topic that is being created can be used; null while none is.</summary>
    private TaskCompletionSource? _beginning;

    /// <summary>
    /// Makes sure that the topic is there, and when it is new that its coordinator can be asked, since some clients take "still loading" for a failure;
    /// false when it could not be created.
    /// </summary>
    public async ValueTask<bool> EnsureAsync(CancellationToken cancellation)
    {
        if (controller.Image.TryGetTopic(wanted.Name, out _))
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
            var reply = await controller.CreateTopicsAsync(new CreateTopicsRequest { Topics = [wanted] }, cancellation);
            var result = reply.Topics[0];
            if (result.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists)
            {
                await whenLoaded().WaitAsync(cancellation);
                return true;
            }

            logger.InternalTopicNotCreated(wanted.Name, result.ErrorCode, result.ErrorMessage);
            return false;
        }
        catch (IOException failure)
        {
            logger.InternalTopicNotCreated(wanted.Name, ErrorCode.KafkaStorageError, failure.Message);
            return false;
        }
    }

    /// <summary>What all of them have in common, and what an operator may say of one.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="segmentBytes">How large its segments are.</param>
    /// <param name="isCompacted">Whether the last record of a key says all of it; otherwise nothing is deleted but by whoever keeps its state there.</param>
    public static CreateTopicsRequest.CreatableTopic Wanted(string name, int partitions, int segmentBytes, bool isCompacted = true) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = -1,
        Configs =
        [
            .. isCompacted
                ? [Config(TopicKeys.CleanupPolicy.Topic, "compact")]
                : new[] { Config(TopicKeys.CleanupPolicy.Topic, "delete"), Config(TopicKeys.RetentionMs, "-1"), Config(TopicKeys.RetentionBytes.Topic, "-1") },
            Config(TopicKeys.CompressionType.Topic, "producer"),
            Config(TopicKeys.SegmentBytes.Topic, segmentBytes.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    private static CreateTopicsRequest.CreatableTopicConfig Config(ConfigKey key, string value) => new() { Name = key.Name, Value = value };
}
