using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Spate.Client.Hosting.Consuming;

namespace Spate.Client.Hosting.Health;

/// <summary>Health checks of clients and of those who consume.</summary>
public static class KafkaHealthChecks
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether a broker of the client's cluster answers within a time.</summary>
    /// <param name="checks">The program's checks.</param>
    /// <param name="clientName">Which client; null for the one without a name.</param>
    /// <param name="name">The check's name; null for <c>kafka</c>, and for <c>kafka-</c> with the client's name where it has one: no two checks of a program have the same.</param>
    /// <param name="failureStatus">What the program is when no broker answers. Default: null, which is unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long a broker may take. Default: 5 s.</param>
    public static IHealthChecksBuilder AddKafkaClient(
        this IHealthChecksBuilder checks, string? clientName = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name ?? (clientName is null ? "kafka" : $"kafka-{clientName}"), services => new KafkaClientHealthCheck(KafkaClientServices.Find(services, clientName)), failureStatus, tags, timeout ?? DefaultTimeout));
    }

    /// <summary>Whether a service that consumes reads, and how far it is behind: degraded when it is further behind than allowed.</summary>
    /// <typeparam name="TService">The service, added with <see cref="KafkaConsumerServices.AddKafkaConsumer{TService}"/>.</typeparam>
    /// <param name="checks">The program's checks.</param>
    /// <param name="name">The check's name; null for the service's type.</param>
    /// <param name="lagMax">How many records it may be behind. Default: null, any number.</param>
    /// <param name="failureStatus">What the program is when the service does not read. Default: null, which is unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    public static IHealthChecksBuilder AddKafkaConsumer<TService>(
        this IHealthChecksBuilder checks, string? name = null, long? lagMax = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
        where TService : HostedConsumer
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name ?? typeof(TService).Name, services => new KafkaConsumerHealthCheck(services.GetRequiredService<TService>(), lagMax), failureStatus, tags));
    }
}
