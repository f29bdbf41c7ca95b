using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Spate.Testing;

/// <summary>How an <see cref="EmbeddedBroker"/> is made. Immutable; one instance may start any number of brokers.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>
    /// Settings of the broker as <c>key=value</c>, with Kafka's keys, the later of two winning. Where they say nothing, a test's needs do:
    /// one partition for the offsets of groups, and no delay before the first rebalance of a group. <c>listeners</c> and
    /// <c>log.dirs</c> belong to <see cref="EmbeddedBroker"/> and are refused. Default: none.
    /// </summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where the logs are. Default: <see cref="EmbeddedStorage.Memory"/>.</summary>
    public EmbeddedStorage Storage { get; init; } = EmbeddedStorage.Memory;

    /// <summary>
    /// The address that clients are told to connect to, as <c>host:port</c>, where that is not the broker's own: that of a proxy between
    /// them, for instance (<c>advertised.listeners</c>). Default: null, its own.
    /// </summary>
    public string? AdvertisedAddress { get; init; }

    /// <summary>
    /// The broker's clock: timestamps of logs, retention, session timeouts, waiting fetches. With a clock that a test moves by hand,
    /// nothing that waits for time goes on until the test moves it. Default: the system's.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where all chance inside the broker comes from (ids of topics, of members, of the cluster): the same seed, the same ids. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Takes the broker's log lines. Default: nobody.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
