using Microsoft.Extensions.Diagnostics.HealthChecks;
using Spate.Client.Hosting.Consuming;

namespace Spate.Client.Hosting.Health;

/// <summary>Whether all members of a service that consumes read, and are not too far behind.</summary>
internal sealed class KafkaConsumerHealthCheck(HostedConsumer service, long? lagMax) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (reading, failure, lag) = (service.ReadingMembers, service.Failure, service.Lag);
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["members.reading"] = reading };
        if (lag is { } known)
        {
            data["lag"] = known;
        }

        return Task.FromResult(failure is not null ? new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure, data)
            : reading == 0 ? new HealthCheckResult(context.Registration.FailureStatus, "Nothing is read: the service has not begun, or has ended.", data: data)
            : lag > lagMax ? HealthCheckResult.Degraded($"It is {lag} records behind, and {lagMax} are allowed.", data: data)
            : HealthCheckResult.Healthy(lag is null ? "It reads." : $"It reads, {lag} records behind.", data));
    }
}
