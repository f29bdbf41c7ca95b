using Spate.Client.Administration.Calls;

namespace Spate.Client.Administration;

/// <summary>
/// Looks after a cluster: everything that its brokers offer for that, by areas. Safe for use by several threads at once.
/// <code>
/// var created = await client.Admin.Topics.CreateAsync([new NewTopic("orders") { Partitions = 6 }]);
/// created.ThrowIfAnyFailed();
/// </code>
/// </summary>
/// <remarks>
/// Calls about several items give a result for each, and a call throws only when nobody answered about any of them; <see cref="AdminResults"/> is for those who
/// want all or an exception. Each item is asked about at the broker that knows it, one request for all items of a broker, and what passes by itself is tried again:
/// a leader, coordinator or controller that has moved, a broker that is away. That goes on for <see cref="KafkaClientOptions.ApiTimeout"/>, or the time of <see cref="WithTimeout"/>; items that are
/// not done by then have a <see cref="KafkaTimeoutException"/>. What does not exist is looked for a few times, since it may have been made a moment ago.
/// A broker that is too old for a call is told of with UNSUPPORTED_VERSION, by the API and the version that is needed.
/// </remarks>
public sealed class Admin
{
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(24);

    private readonly Cluster _cluster;

    internal Admin(Cluster cluster, TimeSpan timeout)
    {
        var calls = new AdminCalls(cluster, timeout);
        _cluster = cluster;
        Cluster = new ClusterAdmin(calls);
        Topics = new TopicAdmin(calls);
        Partitions = new PartitionAdmin(calls);
        Groups = new GroupAdmin(calls);
        Transactions = new TransactionAdmin(calls);
        Configs = new ConfigAdmin(calls);
        LogDirs = new LogDirAdmin(calls);
    }

    /// <summary>The cluster as a whole: brokers and features.</summary>
    public ClusterAdmin Cluster { get; }

    /// <summary>Topics.</summary>
    public TopicAdmin Topics { get; }

    /// <summary>Partitions: offsets, records, leaders, replicas, producers.</summary>
    public PartitionAdmin Partitions { get; }

    /// <summary>Groups and their offsets.</summary>
    public GroupAdmin Groups { get; }

    /// <summary>Transactions and the ids that they go by.</summary>
    public TransactionAdmin Transactions { get; }

    /// <summary>Settings, and levels of loggers.</summary>
    public ConfigAdmin Configs { get; }

    /// <summary>Log directories of brokers.</summary>
    public LogDirAdmin LogDirs { get; }

    /// <summary>
    /// The same cluster, looked after by calls that have another time than <see cref="KafkaClientOptions.ApiTimeout"/>, retries included; brokers are told of it where requests can say how long
    /// they may take, up to <see cref="KafkaClientOptions.RequestTimeout"/>. It shares the client's connections and need not be disposed.
    /// </summary>
    /// <param name="timeout">How long each call may take. From 1 ms to 24 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of its range.</exception>
    public Admin WithTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeoutMax);
        return new Admin(_cluster, timeout);
    }
}
