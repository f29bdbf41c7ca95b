using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Spate.Client.Hosting.Health;

/// <summary>Whether a broker of the client's cluster answers.</summary>
internal sealed class KafkaClientHealthCheck(KafkaClient client) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var cluster = await client.Admin.Cluster.DescribeAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["brokers"] = cluster.Brokers.Count };
            return HealthCheckResult.Healthy($"Cluster {cluster.ClusterId} answers, with {(cluster.Brokers.Count == 1 ? "1 broker" : $"{cluster.Brokers.Count} brokers")}.", data);
        }
        catch (KafkaException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
        catch (OperationCanceledException late) when (cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "No broker answered in the time that the check has.", late);
        }
    }
}
