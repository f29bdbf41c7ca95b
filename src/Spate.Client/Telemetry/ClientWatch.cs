using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Spate.Client.Connections;
using Spate.Client.Telemetry.Push;

namespace Spate.Client.Telemetry;

/// <summary>
/// What one client tells of itself: where its lines of log go, and what there is to be counted while it lives. Safe for use by several threads at once.
/// </summary>
internal sealed class ClientWatch : IDisposable
{
    private readonly ConcurrentDictionary<BrokerConnection, byte> _connections = new();
    private readonly ConcurrentDictionary<ProducerWatch, byte> _producers = new();
    private readonly ConcurrentDictionary<ConsumerWatch, byte> _consumers = new();
    private readonly TaskCompletionSource _firstConnection = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientWatch(KafkaClientOptions options)
    {
        ClientId = options.ClientId;
        ConnectionLog = options.LoggerFactory.CreateLogger("Spate.Client.Connections");
        MetadataLog = options.LoggerFactory.CreateLogger("Spate.Client.Metadata");
        ProducerLog = options.LoggerFactory.CreateLogger("Spate.Client.Producer");
        ConsumerLog = options.LoggerFactory.CreateLogger("Spate.Client.Consumer");
        PushLog = options.LoggerFactory.CreateLogger("Spate.Client.Telemetry");
        LiveClients.Add(this);
    }

    public string ClientId { get; }

    public ILogger ConnectionLog { get; }

    public ILogger MetadataLog { get; }

    public ILogger ProducerLog { get; }

    public ILogger ConsumerLog { get; }

    public ILogger PushLog { get; }

    /// <summary>What brokers may ask for.</summary>
    public PushFigures Figures { get; } = new();

    /// <summary>Ends when a broker of the cluster has been connected to.</summary>
    public Task FirstConnection => _firstConnection.Task;

    /// <summary>Whether there has ever been a producer.</summary>
    public bool HasProduced { get; private set; }

    /// <summary>Whether there has ever been a consumer.</summary>
    public bool HasConsumed { get; private set; }

    /// <summary>The connections that are open.</summary>
    public ICollection<BrokerConnection> Connections => _connections.Keys;

    public ICollection<ProducerWatch> Producers => _producers.Keys;

    public ICollection<ConsumerWatch> Consumers => _consumers.Keys;

    /// <summary>Whether something that happens again and again is to be told at this count: less and less often, but never not at all.</summary>
    public static bool IsWorthTelling(int count) => int.IsPow2(count);

    public void Add(ProducerWatch producer)
    {
        HasProduced = true;
        _producers.TryAdd(producer, 0);
    }

    public void Remove(ProducerWatch producer) => _producers.TryRemove(producer, out _);

    /// <summary>Somebody consumes, or will.</summary>
    public void Consumes() => HasConsumed = true;

    public void Add(ConsumerWatch consumer)
    {
        Consumes();
        _consumers.TryAdd(consumer, 0);
    }

    public void Remove(ConsumerWatch consumer) => _consumers.TryRemove(consumer, out _);

    /// <summary>A connection can be used from now on.</summary>
    public void Opened(BrokerConnection connection)
    {
        _connections.TryAdd(connection, 0);
        Figures.Connected();
        ConnectionLog.Opened(connection.Broker);
        if (connection.NodeId is not null)
        {
            _firstConnection.TrySetResult();
        }

        if (!connection.IsOpen)
        {
            // It broke before it was counted.
            _connections.TryRemove(connection, out _);
        }
    }

    /// <summary>A connection has ended. One that could never be used is told of by whoever tried to make it.</summary>
    public void Closed(BrokerConnection connection, KafkaException why, bool isWanted)
    {
        if (!_connections.TryRemove(connection, out _))
        {
            return;
        }

        if (isWanted)
        {
            ConnectionLog.Closed(connection.Broker, why.Message);
        }
        else
        {
            ConnectionLog.Lost(connection.Broker, connection.InFlight, why.Message);
        }
    }

    public IEnumerable<KeyValuePair<string, object?>> Tags() => [new(MessagingTags.System, MessagingTags.Kafka), new(MessagingTags.ClientId, ClientId)];

    public void Dispose() => LiveClients.Remove(this);
}
