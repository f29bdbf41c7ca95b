using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Spate.Client.Hosting.Health;

/// <summary>Health checks of clients and of those who consume.</summary>
public static class KafkaHealthChecks
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether a broker of the client's cluster answers within a time.</summary>
    /// <param name="checks">The program's checks.</param>
    /// <param name="clientName">Which client; null for the one without a name.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What the program is when no broker answers. Default: null, which is unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long a broker may take. Default: 5 s.</param>
    public static IHealthChecksBuilder AddKafkaClient(
        this IHealthChecksBuilder checks, string? clientName = null, string name = "kafka", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name, services => new KafkaClientHealthCheck(KafkaClientServices.Find(services, clientName)), failureStatus, tags, timeout ?? DefaultTimeout));
    }
}
