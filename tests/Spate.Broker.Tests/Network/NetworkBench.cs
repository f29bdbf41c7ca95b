using System.Net;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>
/// Everything around a connection, with a clock that the test moves. At its end every lease must have been given back and every byte of the
/// budget too: no test passes that leaks.
/// </summary>
internal sealed class NetworkBench : IAsyncDisposable
{
    private readonly List<Connection> _connections = [];
    private readonly List<MemoryTransport> _transports = [];

    public NetworkBench(ConnectionLimits? limits = null, long budget = 64 * 1024 * 1024)
    {
        Limits = limits ?? ConnectionLimits.Default;
        Memory = new FrameMemory(new FrameBufferPool(), new MemoryBudget(budget));
    }

    public ConnectionLimits Limits { get; }

    public FrameMemory Memory { get; }

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogger Log { get; } = new();

    public NetworkMetrics Metrics { get; } = new();

    public RecordingDispatcher Dispatcher { get; } = new();

    public NetworkTelemetry Telemetry => new(Time, Log, Metrics);

    public ListenerOptions Options => new()
    {
        Name = "TEST",
        EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        Limits = Limits,
    };

    /// <summary>A connection over memory that runs on the stack of the test.</summary>
    public (MemoryTransport Client, Connection Connection) Connect()
    {
        var transport = new MemoryTransport();
        var connection = new Connection(_connections.Count + 1, "TEST", transport, Limits, Memory, Dispatcher, Telemetry);
        _connections.Add(connection);
        _transports.Add(transport);
        Metrics.ConnectionAccepted();
        Inline.Run(((IThreadPoolWorkItem)connection).Execute);
        return (transport, connection);
    }

    /// <summary>A listener on a real socket that is up.</summary>
    public Listener Listen()
    {
        var listener = Listener.Bind(Options, Dispatcher, Memory, Metrics, Time, Log);
        listener.Start();
        return listener;
    }

    /// <summary>
    /// Moves the clock in steps until something has happened on other threads, for waits whose timer is set at a moment that the test cannot see.
    /// </summary>
    public async Task AdvanceUntilAsync(TimeSpan step, Func<bool> happened, string what)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(60), $"Waited in vain for {what}.");
            Time.Advance(step);
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in _transports)
        {
            transport.Reset();
        }

        foreach (var connection in _connections)
        {
            await connection.Ended.OrTimeout("the end of a connection");
        }

        Assert.Equal(0, Memory.Pool.Outstanding);
        Assert.Equal(0, Memory.Budget.Used);
        Assert.Equal(0, Memory.Budget.Waiting);
        Assert.Equal(0, Metrics.Open);
    }
}
