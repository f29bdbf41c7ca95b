using System.Globalization;
using Spate.Broker.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Testing.Faults;

namespace Spate.Testing;

/// <summary>
/// A real broker inside this process, for tests: it listens on a free port of the loopback interface, so that any Kafka client can be put to it,
/// and can be stopped, killed and started again on the same port with the same logs. Any number of them run side by side.
/// <code>
/// await using var broker = await EmbeddedBroker.StartAsync();
/// await using var client = new KafkaClient(broker.BootstrapServers);
/// </code>
/// The methods of one instance are called one after the other; clients may do what they like meanwhile.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    private readonly EmbeddedBrokerOptions _options;
    private readonly BrokerDisk _disk;
    private BrokerServer? _server;
    private CancellationTokenSource? _ending;
    private PortReservation? _reservation;
    private int _nextSeed;
    private bool _isDisposed;

    private EmbeddedBroker(EmbeddedBrokerOptions options, BrokerDisk disk)
    {
        Faults = new BrokerFaults(options.TimeProvider);
        _options = options;
        _disk = disk;
        _nextSeed = options.Seed;
    }

    /// <summary>Faults on demand: requests that are refused, delayed, dropped, or broken off.</summary>
    public BrokerFaults Faults { get; }

    /// <summary>What a client takes as <c>bootstrap.servers</c>: <c>127.0.0.1</c> with the port. The same after a restart.</summary>
    public string BootstrapServers => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The port on 127.0.0.1. The same after a restart.</summary>
    public int Port { get; private set; }

    /// <summary>Whether the broker is up.</summary>
    public bool IsRunning => _server is not null;

    /// <summary>The broker itself; null while it is down.</summary>
    internal BrokerServer? Server => _server;

    /// <summary>Starts a broker in memory. When the task completes, clients are answered.</summary>
    /// <param name="settings">See <see cref="EmbeddedBrokerOptions.Settings"/>.</param>
    /// <inheritdoc cref="StartAsync(EmbeddedBrokerOptions)" path="/exception"/>
    public static Task<EmbeddedBroker> StartAsync(params string[] settings) => StartAsync(new EmbeddedBrokerOptions { Settings = settings });

    /// <summary>Starts a broker. When the task completes, clients are answered.</summary>
    /// <param name="options">How it is made.</param>
    /// <exception cref="ArgumentException">A setting is not of the form <c>key=value</c>, is unknown, or has an illegal value; the text names each.</exception>
    /// <exception cref="BrokerStartException">It could not start; the text says why, and nothing is left behind.</exception>
    public static async Task<EmbeddedBroker> StartAsync(EmbeddedBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var broker = new EmbeddedBroker(options, BrokerDisk.Open(options.Storage, options.TimeProvider));
        try
        {
            await broker.StartServerAsync().ConfigureAwait(false);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Stops as an operator does: what was accepted is answered, the logs are closed cleanly. The port stays reserved, the logs stay.
    /// Nothing happens when the broker is down already.
    /// </summary>
    public Task StopAsync() => EndAsync(static server => server.StopAsync(GracePeriod));

    /// <summary>
    /// Ends as a crash of the process does: connections are cut wherever they are, and the logs are not closed, so that the next start recovers
    /// them. What the broker had written is there afterwards, as it would be in the system's page cache. Nothing happens when the broker is down already.
    /// </summary>
    public Task KillAsync() => EndAsync(static server => server.DisposeAsync().AsTask());

    /// <summary>Starts the broker again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port with the same logs and settings.</summary>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="BrokerStartException">It could not start; the text says why.</exception>
    public async Task RestartAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_server is not null)
        {
            throw new InvalidOperationException($"The broker on {BootstrapServers} is running; stop or kill it before it is started again.");
        }

        await StartServerAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Moves the leadership of a partition, as clients see it: for a moment nobody leads it, then it is led in a later epoch. Whoever names the
    /// earlier one is answered FENCED_LEADER_EPOCH. On this one node the leader is the same one again.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The epoch that has begun.</returns>
    /// <inheritdoc cref="DeposeLeaderAsync" path="/exception"/>
    public async Task<int> MoveLeaderAsync(string topic, int partition)
    {
        await DeposeLeaderAsync(topic, partition).ConfigureAwait(false);
        return await ElectLeaderAsync(topic, partition).ConfigureAwait(false);
    }

    /// <summary>
    /// Leaves a partition without a leader, by a decision of the controller, as when its broker has gone: producers and consumers are answered
    /// NOT_LEADER_OR_FOLLOWER, the metadata says LEADER_NOT_AVAILABLE, and a group whose offsets it keeps has no coordinator. It stays so until
    /// <see cref="ElectLeaderAsync"/>, an election that a client asks for, or a restart.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The epoch in which nobody leads it.</returns>
    /// <exception cref="InvalidOperationException">The broker is down, there is no such partition, or its leader is what it should become already.</exception>
    public Task<int> DeposeLeaderAsync(string topic, int partition) =>
        InterveneAsync(new TopicPartition(topic, partition), static (broker, name) => broker.DeposeLeaderAsync(name));

    /// <summary>Has a partition led again after <see cref="DeposeLeaderAsync"/>.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The epoch that has begun.</returns>
    /// <inheritdoc cref="DeposeLeaderAsync" path="/exception"/>
    public Task<int> ElectLeaderAsync(string topic, int partition) =>
        InterveneAsync(new TopicPartition(topic, partition), static (broker, name) => broker.ElectLeaderAsync(name));

    /// <summary>
    /// Ends the sessions of a group's members now, as if they had been silent for their time: they are put out of the group, which those who are left
    /// share out anew, and learn of it by their next request. When the task completes, they are out.
    /// </summary>
    /// <param name="groupId">The group (<c>group.id</c>).</param>
    /// <param name="memberId">The member, as the broker has named it; all members when null.</param>
    /// <exception cref="InvalidOperationException">The broker is down, or there is no such group or member.</exception>
    public async Task ExpireGroupAsync(string groupId, string? memberId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        var broker = Running();
        var error = await AwayAsync(() => broker.ExpireMembersAsync(groupId, memberId).AsTask()).ConfigureAwait(false);
        if (error != ErrorCode.None)
        {
            throw new InvalidOperationException(
                $"No session of {(memberId is null ? "a member" : $"member {memberId}")} of group '{groupId}' could be ended: {ErrorCatalog.Get(error).Message}");
        }
    }

    /// <summary>Kills the broker if it is up, and gives back its port and a temporary folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            await KillAsync().ConfigureAwait(false);
        }
        finally
        {
            _reservation?.Dispose();
            _disk.Dispose();
        }
    }

    private BrokerInterventions Running()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _server?.Interventions ?? throw new InvalidOperationException($"The broker on {BootstrapServers} is down; start it again first.");
    }

    private async Task<int> InterveneAsync(TopicPartition partition, Func<BrokerInterventions, TopicPartition, ValueTask<ErrorCode>> intervene)
    {
        ArgumentException.ThrowIfNullOrEmpty(partition.Topic);
        var broker = Running();
        var error = await AwayAsync(() => intervene(broker, partition).AsTask()).ConfigureAwait(false);
        return error == ErrorCode.None && broker.LeaderEpochOf(partition) is { } epoch
            ? epoch
            : throw new InvalidOperationException($"The leader of {partition} stays as it is: {ErrorCatalog.Get(error).Message}");
    }

    /// <summary>The broker's own code knows of no synchronisation context: it does not run in that of the test.</summary>
    private static Task<T> AwayAsync<T>(Func<Task<T>> ask) => SynchronizationContext.Current is null ? ask() : Task.Run(ask);

    private async Task StartServerAsync()
    {
        var settings = EmbeddedSettings.Read(_options.Settings, _options.AdvertisedAddress, _disk.Path, Port);
        var ending = new CancellationTokenSource();
        var environment = new BrokerEnvironment
        {
            Files = _disk.Files,
            Clock = _options.TimeProvider,
            NewRandom = () => new Random(Interlocked.Increment(ref _nextSeed)),
            Logging = _options.Logging,
            DispatchBy = (broker, cluster) => new FaultingDispatcher(broker, cluster, Faults, ending.Token),
        };

        // The reservation is let go of only once the broker listens: two sockets may share a port while no more than one of them listens.
        _server = await AwayAsync(() => BrokerServer.StartAsync(settings, environment)).ConfigureAwait(false);
        _ending = ending;
        Port = _server.EndPoints[0].Port;
        _reservation?.Dispose();
        _reservation = null;
    }

    private async Task EndAsync(Func<BrokerServer, Task> end)
    {
        if (_server is not { } server)
        {
            return;
        }

        _server = null;
        using var ending = _ending!;
        await ending.CancelAsync().ConfigureAwait(false);
        await AwayAsync(async () =>
        {
            await end(server).ConfigureAwait(false);
            return server;
        }).ConfigureAwait(false);
        if (!_isDisposed)
        {
            _reservation = new PortReservation(Port);
        }
    }
}
