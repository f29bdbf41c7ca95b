using Spate.Broker.Configuration;
using Spate.Broker.Handlers;
using Spate.Broker.Handlers.Configs;
using Spate.Broker.Handlers.Telemetry;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Broker.Transactions;
using Spate.Metadata.Control;

namespace Spate.Broker.Hosting;

/// <summary>Every API that clients are offered. What is not in this list is not there.</summary>
internal static class HandlerList
{
    /// <param name="parts">What the handlers ask.</param>
    /// <param name="stopping">Cancelled when the broker stops: what waits is answered then.</param>
    public static IReadOnlyList<IRequestHandler> Of(BrokerParts parts, CancellationToken stopping)
    {
        var (settings, clock, logs) = (parts.Settings, parts.Environment.Clock, parts.Storage.Logs);
        var (partitions, controller, cluster) = (parts.Partitions, parts.Controller, parts.Cluster);
        var alteration = new ConfigAlteration(new ConfigRules(settings));
        var fetch = new FetchHandler(partitions, cluster, settings, clock, parts.Environment.NewRandom(), stopping);
        FetchSessionMetrics.Publish(parts.Metrics.Meter, fetch.Sessions);
        List<IRequestHandler> handlers =
        [
            // Records.
            new ProduceHandler(partitions, new ProduceAdmission(parts.Transactions.Admission, partitions), clock),
            fetch,
            new ListOffsetsHandler(partitions),
            new OffsetForLeaderEpochHandler(partitions),
            new DeleteRecordsHandler(partitions, logs),
            new InitProducerIdHandler(parts.ProducerIds, parts.Transactions.Coordinator),
            new DescribeProducersHandler(partitions),

            // Topics and partitions.
            new MetadataHandler(cluster, controller, partitions, settings),
            new DescribeTopicPartitionsHandler(cluster, partitions, settings),
            new CreateTopicsHandler(controller, settings),
            new DeleteTopicsHandler(controller, settings),
            new CreatePartitionsHandler(controller, new PartitionCreation([settings.NodeId], parts.Environment.NewRandom())),
            new ElectLeadersHandler(controller, cluster, partitions),
            new AlterPartitionReassignmentsHandler(controller, cluster),
            new ListPartitionReassignmentsHandler(cluster),

            // Groups and transactions.
            new FindCoordinatorHandler(cluster, parts.Groups.Topic, parts.Transactions.Topic, parts.ShareState.Topic),
            .. parts.Groups.Handlers(cluster),
            .. parts.Transactions.Handlers(cluster, partitions, parts.Groups),
            .. parts.ShareState.Handlers(),
            .. parts.Shares.Handlers(partitions, cluster, settings, clock, stopping),

            // The cluster, its brokers and their disks.
            new DescribeClusterHandler(cluster),
            new UpdateFeaturesHandler(controller),
            new UnregisterBrokerHandler(controller, settings.NodeId),
            new DescribeLogDirsHandler(logs, parts.Environment.Files),
            new AlterReplicaLogDirsHandler(partitions, logs, parts.Mover),

            // Settings.
            new DescribeConfigsHandler(controller, settings, parts.Logging),
            new AlterConfigsHandler(controller, alteration),
            new IncrementalAlterConfigsHandler(controller, alteration, parts.Logging, settings.NodeId),
            new ListConfigResourcesHandler(controller, settings.NodeId),

            // Figures of clients.
            new GetTelemetrySubscriptionsHandler(parts.ClientTelemetry, clock),
            new PushTelemetryHandler(parts.ClientTelemetry, clock),
        ];
        handlers.Add(new ApiVersionsHandler(handlers, () => controller.Image));
        return handlers;
    }
}
