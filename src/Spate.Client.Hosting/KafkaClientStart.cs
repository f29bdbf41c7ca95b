using Microsoft.Extensions.Hosting;

namespace Spate.Client.Hosting;

/// <summary>Makes a client when the host starts, so that a fault in its options is told then and not at the first record.</summary>
internal sealed class KafkaClientStart(IServiceProvider services, string? name) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = KafkaClientServices.Find(services, name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
