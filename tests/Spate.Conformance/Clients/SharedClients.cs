using System.Collections.Concurrent;

namespace Spate.Conformance.Clients;

/// <summary>The clients that the tests of a class have started so far, one of each, all ended with the class.</summary>
public sealed class SharedClients : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<IForeignClient>> _started = new();

    internal IForeignClient this[string name] =>
        _started.GetOrAdd(name, _ => new Lazy<IForeignClient>(() => ForeignClients.Named(name).Start())).Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _started.Values)
        {
            await client.Value.DisposeAsync();
        }
    }
}
