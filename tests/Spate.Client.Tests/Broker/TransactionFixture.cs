using Spate.Testing;

namespace Spate.Client.Tests.Broker;

/// <summary>An embedded broker that looks for transactions that are over several times a second.</summary>
public class TransactionFixture : IAsyncLifetime
{
    internal static readonly EmbeddedBrokerOptions Options = new()
    {
        Settings = ["transaction.abort.timed.out.transaction.cleanup.interval.ms=100", "transaction.state.log.num.partitions=2"],
    };

    internal EmbeddedBroker Broker { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Broker = await EmbeddedBroker.StartAsync(Options);

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
