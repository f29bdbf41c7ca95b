using Spate.Testing;

namespace Spate.Cli.Tests.Harness;

/// <summary>A broker in memory that the tests of a class share, each with topics of its own.</summary>
public class RunningBroker : IAsyncLifetime
{
    internal EmbeddedBroker Broker { get; private set; } = null!;

    private Dictionary<string, string> Variables => new() { ["SPATE_SERVER"] = Broker.BootstrapServers };

    private protected virtual EmbeddedStorage Storage => EmbeddedStorage.Memory;

    public async Task InitializeAsync() => Broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Storage = Storage });

    public virtual async Task DisposeAsync() => await Broker.DisposeAsync();

    internal Task<Outcome> SpateAsync(params string[] arguments) => SpateInProcess.RunAsync(Variables, "", arguments);

    internal Task<Outcome> SpateWithInputAsync(string input, params string[] arguments) => SpateInProcess.RunAsync(Variables, input, arguments);
}
