namespace Spate.Conformance.Processes;

/// <summary>
/// One broker for all tests of a class, each with topics of its own. At the end it must stop cleanly and have had nothing to say about
/// errors: a fault that no client noticed fails the class.
/// </summary>
public class SharedBroker : IAsyncLifetime
{
    private readonly (string Key, string Value)[] _settings;
    private readonly TestDirectory? _memory;

    public SharedBroker()
        : this([])
    {
    }

    private protected SharedBroker((string Key, string Value)[] settings, bool inMemory = false)
    {
        _settings = settings;
        _memory = inMemory ? new TestDirectory(inMemory) : null;
    }

    internal BrokerProcess Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await BrokerProcess.StartOnAsync(_memory?["data"], _settings);

    public async Task DisposeAsync()
    {
        using var memory = _memory;
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
