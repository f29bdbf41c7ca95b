using Spate.Testing;

namespace Spate.Client.Tests.Broker;

/// <summary>An embedded broker whose share groups hear of each other soon.</summary>
public sealed class ShareGroupFixture : IAsyncLifetime
{
    internal EmbeddedBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Settings = ["group.share.min.heartbeat.interval.ms=100", "group.share.heartbeat.interval.ms=100"] });

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
