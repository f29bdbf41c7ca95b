using Microsoft.Extensions.Hosting;

namespace Spate.Client.Hosting;

/// <summary>
/// Makes a client when the host starts, so that a fault in its options is told then and not at the first record. When everything that is hosted has stopped, delivers what the client's producer has,
/// for as long as the host has time.
/// </summary>
internal sealed class KafkaClientStart(IServiceProvider services, string? name) : IHostedLifecycleService
{
    private KafkaClient? _client;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _client = KafkaClientServices.Find(services, name);
        return Task.CompletedTask;
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_client is null)
        {
            return;
        }

        try
        {
            await _client.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the services would go on waiting, until somebody kills the process and nobody hears what was not delivered.
            await _client.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
