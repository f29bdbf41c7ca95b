using Microsoft.Extensions.Logging.Abstractions;
using Spate.Broker.Partitions;
using Spate.Broker.Telemetry;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Transactions;
using Spate.Coordination;
using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Transactions;

/// <summary>The way of transactions into partitions, with a coordinator that leads nothing.</summary>
internal static class Admissions
{
    public static ProduceAdmission Of(PartitionTable partitions, TimeProvider clock)
    {
        var coordinator = new TransactionCoordinator(
            new TransactionCoordinatorOptions(), new Nowhere(), _ => ValueTask.FromResult<long?>(null), clock, NullLogger<TransactionCoordinator>.Instance);
        var metrics = new TransactionMetrics(new BrokerMeter(1, "test"), clock);
        return new ProduceAdmission(new TransactionAdmission(coordinator, TestBroker.Settings(), metrics), partitions);
    }

    private sealed class Nowhere : IMarkerWriter
    {
        public ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<(TopicPartition, ErrorCode)>>([.. partitions.Select(partition => (partition, ErrorCode.NotLeaderOrFollower))]);
    }
}
