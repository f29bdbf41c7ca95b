namespace Spate.Conformance.Processes;

/// <summary>
/// One broker for all tests of a class, each with topics of its own. At the end it must stop cleanly and have had nothing to say about
/// errors: a fault that no client noticed fails the class.
/// </summary>
public class SharedBroker : IAsyncLifetime
{
    private readonly (string Key, string Value)[] _settings;

    public SharedBroker()
        : this([])
    {
    }

    private protected SharedBroker(params (string Key, string Value)[] settings) => _settings = settings;

    internal BrokerProcess Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await BrokerProcess.StartAsync(_settings);

    public async Task DisposeAsync()
    {
        await using var broker = Broker;
        if (broker.HasExited)
        {
            Assert.Fail($"The broker ended by itself with status {await broker.WaitForExitAsync()}:\n{broker.Log}");
        }

        var status = await broker.StopAsync();
        Assert.True(status == 0, $"The broker stopped with status {status}:\n{broker.Log}");
        Assert.DoesNotContain(broker.Log.Lines, line => line.IsError || line.Text.Contains(" ERROR ", StringComparison.Ordinal) || line.Text.Contains(" FATAL ", StringComparison.Ordinal));
        Assert.Contains("Stopped", broker.Log.Lines[^1].Text, StringComparison.Ordinal);
    }
}
