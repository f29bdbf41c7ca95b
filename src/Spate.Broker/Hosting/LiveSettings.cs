using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;

namespace Spate.Broker.Hosting;

/// <summary>
/// Has settings hold that were decided: those of brokers are laid over what this one was started with, those of topics reach their logs.
/// Called in the turn of a decision, before partitions are opened by it.
/// </summary>
internal sealed class LiveSettings(BrokerSettings settings, PartitionTable partitions, BrokerStorage storage, ILogger logger)
{
    /// <summary>What was decided before this start. Called before logs are opened.</summary>
    public void Load(ClusterImage image) => Overlay(image);

    /// <summary>What a decision changed.</summary>
    public void Obey(ClusterDelta delta)
    {
        var ofTopics = delta.ChangedConfigs.Where(resource => resource.Type == ConfigResourceType.Topic).ToList();
        if (delta.ChangedConfigs.Any(resource => resource == ConfigResource.EveryBroker || resource == ConfigResource.Broker(settings.NodeId)))
        {
            var before = settings.Values;
            Overlay(delta.After);
            if (TopicKeys.BrokerDefaults.Any(key => before.Given.GetValueOrDefault(key.Name) != settings.Values.Given.GetValueOrDefault(key.Name)))
            {
                ofTopics = [.. delta.After.TopicsByName.Keys.Select(ConfigResource.Topic)];
            }
        }

        foreach (var resource in ofTopics)
        {
            if (delta.After.TryGetTopic(resource.Name, out var topic))
            {
                Reconfigure(topic, new TopicSettings(delta.After.Configs.Of(resource), settings.Values));
            }
        }
    }

    private void Overlay(ClusterImage image)
    {
        foreach (var ignored in settings.Overlay(image.Configs.Of(ConfigResource.EveryBroker), image.Configs.Of(ConfigResource.Broker(settings.NodeId))))
        {
            logger.SettingPassedOver(ignored);
        }
    }

    private void Reconfigure(TopicImage topic, TopicSettings config)
    {
        var logConfig = config.ToLogConfig();
        foreach (var image in topic.Partitions)
        {
            // One that this decision creates is not here yet, and is opened with these settings.
            if (partitions.Find(topic.Name, image.Index, out var partition) == ErrorCode.None)
            {
                partition!.Log.Config = logConfig;
                partition.MinInsyncReplicas = config.MinInsyncReplicas;
                if (storage.Logs.FindFuture(partition.Name) is { } moving)
                {
                    moving.Log.Config = logConfig;
                }
            }
        }
    }
}
