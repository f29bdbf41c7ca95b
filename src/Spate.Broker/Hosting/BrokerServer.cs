using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Logging;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Shares;
using Spate.Broker.Telemetry;
using Spate.Broker.Telemetry.Clients;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Storage.Moves;

namespace Spate.Broker.Hosting;

/// <summary>
/// A broker: everything below it, behind listeners. It is started once and stopped once; what runs in between answers clients on its own.
/// </summary>
public sealed class BrokerServer : IAsyncDisposable
{
    private readonly BrokerParts _parts;
    private readonly ListenerSet _listeners;
    private readonly CancellationTokenSource _stopping = new();
    private bool _stopped;

    private BrokerServer(BrokerParts parts, ListenerSet listeners)
    {
        _parts = parts;
        _listeners = listeners;
    }

    /// <summary>The addresses that clients reach, in the order of the settings.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _listeners.EndPoints;

    /// <summary>What clients push about themselves.</summary>
    public ClientTelemetry ClientTelemetry => _parts.ClientTelemetry;

    /// <summary>What can be done to the broker that no client could ask for.</summary>
    public BrokerInterventions Interventions => new(_parts);

    /// <summary>The partitions that are served, for tests that wait until something waits on one.</summary>
    internal PartitionTable Partitions => _parts.Partitions;

    /// <summary>Opens and closes partitions, for tests that want to be told of it too.</summary>
    internal PartitionHost Host => _parts.Host;

    /// <summary>Share groups, for tests that wait until something has come of what they did.</summary>
    internal ShareService Shares => _parts.Shares;

    /// <summary>The broker's figures.</summary>
    public BrokerMetrics Metrics => _parts.Metrics;

    /// <summary>The moves of logs between directories, for tests that wait for their end.</summary>
    internal LogMover Moves => _parts.Mover;

    private static string Version =>
        typeof(BrokerServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Starts a broker. When the task completes, clients are answered.</summary>
    /// <exception cref="BrokerStartException">It could not start; nothing runs, and nothing on disk was harmed.</exception>
    public static async Task<BrokerServer> StartAsync(BrokerSettings settings, BrokerEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        var logging = new LeveledLogging(environment.Logging, environment.RootLogLevel);
        environment = environment with { Logging = logging };
        using var watch = new StartWatch(logging.CreateLogger<BrokerServer>(), environment.Clock);

        // Addresses first: a port that is taken shows before a disk is touched.
        var metrics = new BrokerMetrics(settings.NodeId, Version, environment.Clock);
        ListenerSet? listeners = null;
        try
        {
            watch.At($"binding {string.Join(", ", settings.Listeners.Select(static address => $"{address.Name}://{address.Host}:{address.Port}"))}, for which names of hosts are looked up");
            listeners = await ListenerSet.BindAsync(settings, environment, metrics.Listeners);
            var broker = new BrokerServer(new BrokerParts(settings, environment, logging, metrics, watch, Version), listeners);
            try
            {
                watch.At("having the broker's registration written down and made durable");
                await broker.RegisterAsync();
                broker.Serve(watch.Elapsed);
                watch.At("going on with moves of logs between directories");
                await broker._parts.Mover.StartAsync();
                return broker;
            }
            catch
            {
                await broker.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (listeners is not null)
            {
                await listeners.DisposeAsync();
            }

            metrics.Dispose();
            throw;
        }
    }

    /// <summary>Stops answering, finishes what was accepted, closes the logs cleanly. The first call does it; others do nothing.</summary>
    /// <param name="gracePeriod">How long requests under way may take; then their connections are cut.</param>
    public async Task StopAsync(TimeSpan gracePeriod)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _parts.Logger.Stopping();
        try
        {
            var closing = _listeners.StopAsync(gracePeriod);

            // Nothing more is taken in. Whoever waits for records or for a group is answered now instead of at the end of the grace period.
            await _stopping.CancelAsync();
            await _parts.Groups.DisposeAsync();
            var cut = await closing;
            if (cut > 0)
            {
                _parts.Logger.ConnectionsCut(cut, gracePeriod.TotalSeconds);
            }

            // A request under way may have made the topic of groups meanwhile, and begun to load it.
            await _parts.EndWorkAsync();
            _parts.Storage.Close();
        }
        finally
        {
            await ReleaseAsync();
        }

        _parts.Logger.Stopped();
    }

    /// <summary>Ends without a grace period, and without marking the logs as closed cleanly, unless it was stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        try
        {
            await _stopping.CancelAsync();
            await _listeners.StopAsync(TimeSpan.Zero);
            await _parts.EndWorkAsync();
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async ValueTask ReleaseAsync()
    {
        // First, so that nobody reads figures off what is let go of.
        _parts.Metrics.Dispose();
        await _listeners.DisposeAsync();
        _parts.Release();
        _stopping.Dispose();
    }

    /// <summary>Tells the cluster that this broker is there, where it listens and what it can do: the first decision of every start.</summary>
    private async Task RegisterAsync()
    {
        var addresses = _listeners.Advertised(_parts.Settings).ToList();
        _parts.Cluster.Advertise(addresses);
        var registration = new BrokerRegistration
        {
            NodeId = _parts.Settings.NodeId,
            Rack = _parts.Settings.Values.Get(NodeKeys.Rack),
            IncarnationId = Uuid.NewRandom(_parts.Environment.NewRandom()),
            EndPoints = [.. addresses.Select(address => new BrokerEndPoint(address.Name, address.Host, (ushort)address.Port, SecurityProtocol: 0))],
            LogDirs = [.. _parts.Storage.Logs.Directories.All.Where(directory => directory.IsOnline).Select(directory => directory.Id)],
        };
        try
        {
            await _parts.Controller.DecideAsync(registration.Decide, CancellationToken.None);
        }
        catch (IOException failure)
        {
            throw new BrokerStartException($"The broker could not register itself in the log of decisions in '{_parts.Storage.MetadataLog.Directory}': {failure.Message}", failure);
        }
    }

    private void Serve(TimeSpan elapsed)
    {
        _parts.Settings.OnChange(change =>
        {
            if (change.Touches(NetworkKeys.AdvertisedListeners))
            {
                _parts.Cluster.Advertise(_listeners.Advertised(_parts.Settings));
            }
        });
        var handlers = HandlerList.Of(_parts, _stopping.Token);
        _parts.Start(Version);
        var dispatcher = new RequestDispatcher(handlers, _parts.Metrics.Requests);
        _listeners.Start(_parts.Environment.DispatchBy?.Invoke(dispatcher, _parts.Cluster) ?? dispatcher, _parts.Settings);
        _parts.Environment.OnStarted();
        _parts.Logger.Started((long)elapsed.TotalMilliseconds, _parts.Controller.Image.TopicsByName.Count, _parts.Partitions.All.Count());
    }
}
