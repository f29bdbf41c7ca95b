using Spate.Testing;

namespace Spate.Client.Tests.Broker;

/// <summary>One embedded broker for all tests of a class, each with topics of its own.</summary>
public sealed class EmbeddedFixture : IAsyncLifetime
{
    internal EmbeddedBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await EmbeddedBroker.StartAsync();

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
