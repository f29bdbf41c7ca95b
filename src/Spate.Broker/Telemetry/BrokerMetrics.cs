namespace Spate.Broker.Telemetry;

/// <summary>All figures of one broker, by area. Made before anything else of the broker, and disposed with it.</summary>
public sealed class BrokerMetrics : IDisposable
{
    public BrokerMetrics(int nodeId, string version, TimeProvider clock)
    {
        Meter = new BrokerMeter(nodeId, version);
        Topics = new BrokerTopicMetrics(Meter);
        Requests = new RequestMetrics(Meter, clock);
        Listeners = new ListenerMetrics(Meter);
        Flushes = new LogFlushMetrics(Meter, clock);
        Cleaner = new LogCleanerMetrics(Meter, clock);
        Groups = new GroupMetrics(Meter, clock);
        Transactions = new TransactionMetrics(Meter, clock);
        ShareState = new ShareStateMetrics(Meter, clock);
        Shares = new ShareMetrics(Meter, clock);
        Controller = new ControllerMetrics(Meter, clock);
    }

    /// <summary>The instruments of all areas, and what each of them stands for.</summary>
    public BrokerMeter Meter { get; }

    public BrokerTopicMetrics Topics { get; }

    public RequestMetrics Requests { get; }

    public ListenerMetrics Listeners { get; }

    public LogFlushMetrics Flushes { get; }

    public LogCleanerMetrics Cleaner { get; }

    public GroupMetrics Groups { get; }

    public TransactionMetrics Transactions { get; }

    public ShareStateMetrics ShareState { get; }

    public ShareMetrics Shares { get; }

    public ControllerMetrics Controller { get; }

    public void Dispose() => Meter.Dispose();
}
