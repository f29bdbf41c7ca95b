using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Network;
using Spate.Storage.Files;

namespace Spate.Broker.Hosting;

/// <summary>What a broker takes from outside: disk, clock, chance and a place for its log lines. Tests put their own in.</summary>
public sealed record BrokerEnvironment
{
    public required IFileSystem Files { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Gives each part of the broker a source of randomness of its own.</summary>
    public required Func<Random> NewRandom { get; init; }

    public required ILoggerFactory Logging { get; init; }

    /// <summary>
    /// Gives what requests go to in the place of the broker's own dispatcher, which it is handed; null leaves them to that. A test has requests
    /// fail by it.
    /// </summary>
    public Func<IRequestDispatcher, ClusterView, IRequestDispatcher>? DispatchBy { get; init; }

    /// <summary>Told that clients are answered, right before the line of log that says so. It must be short and not throw. By default nobody is.</summary>
    public Action OnStarted { get; init; } = static () => { };

    /// <summary>
    /// What the broker's loggers let through to <see cref="Logging"/> until a client sets another level; by default everything, so that the
    /// host's own filters decide.
    /// </summary>
    public LogLevel RootLogLevel { get; init; } = LogLevel.Trace;

    /// <summary>This machine, with chance seeded by the system.</summary>
    public static BrokerEnvironment System(ILoggerFactory logging) => new()
    {
        Files = PhysicalFileSystem.Instance,
        Clock = TimeProvider.System,
        NewRandom = static () => new Random(global::System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)),
        Logging = logging,
    };
}
