using System.Diagnostics;

namespace Spate.Client.Telemetry;

/// <summary>What is told of requests that say what became of records: offsets that are committed, acknowledgements.</summary>
internal static class Settlement
{
    /// <summary>Such a request has come to its end, with all its attempts.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="group">The group.</param>
    /// <param name="operation">What it is called.</param>
    /// <param name="node">The broker that was told; null when none could be found.</param>
    /// <param name="began">The clock's timestamp when it began.</param>
    /// <param name="error">Why it did not work; null when it did.</param>
    public static void Ended(Cluster cluster, string group, string operation, int? node, long began, KafkaException? error)
    {
        if (!ClientInstruments.OperationDuration.Enabled)
        {
            return;
        }

        var tags = default(TagList);
        tags.Add(MessagingTags.System, MessagingTags.Kafka);
        tags.Add(MessagingTags.OperationName, operation);
        tags.Add(MessagingTags.OperationType, MessagingTags.Settle);
        tags.Add(MessagingTags.Group, group);
        if (node is { } id && cluster.Metadata.Current.Nodes.TryGetValue(id, out var told))
        {
            tags.Add(MessagingTags.ServerAddress, told.Address.Host);
            tags.Add(MessagingTags.ServerPort, told.Address.Port);
        }

        if (error is not null)
        {
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(error));
        }

        ClientInstruments.OperationDuration.Record(cluster.Clock.GetElapsedTime(began).TotalSeconds, tags);
    }
}
