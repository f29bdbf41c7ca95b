using Spate.Broker.Configuration.Keys;
using Spate.Metadata;

namespace Spate.Broker.Configuration;

/// <summary>
/// What a group may set for itself (KIP-848, KIP-932, KIP-1071), held to the broker's bounds. Share groups come with a later
/// version; what is set for them is kept.
/// </summary>
public static class GroupSettingKeys
{
    private static readonly (ConfigKey<int> Key, ConfigKey<int> Broker)[] Numbers =
    [
        Pair("consumer.session.timeout.ms", NewerGroupKeys.ConsumerSessionTimeoutMs, "How long a member may be silent, in milliseconds."),
        Pair("consumer.heartbeat.interval.ms", NewerGroupKeys.ConsumerHeartbeatIntervalMs, "How often a member says that it is alive, in milliseconds."),
        Pair("share.session.timeout.ms", NewerGroupKeys.ShareSessionTimeoutMs, "How long a member may be silent, in milliseconds."),
        Pair("share.heartbeat.interval.ms", NewerGroupKeys.ShareHeartbeatIntervalMs, "How often a member says that it is alive, in milliseconds."),
        Pair("share.record.lock.duration.ms", NewerGroupKeys.ShareRecordLockDurationMs, "How long a member may keep a record before another one gets it, in milliseconds.", 1000),
        Pair("streams.session.timeout.ms", NewerGroupKeys.StreamsSessionTimeoutMs, "How long a member may be silent, in milliseconds."),
        Pair("streams.heartbeat.interval.ms", NewerGroupKeys.StreamsHeartbeatIntervalMs, "How often a member says that it is alive, in milliseconds."),
        Pair("streams.num.standby.replicas", NewerGroupKeys.StreamsNumStandbyReplicas, "Copies of each task's state beside the one in use.", 0),
        Pair("streams.initial.rebalance.delay.ms", NewerGroupKeys.StreamsInitialRebalanceDelayMs, "How long a new group waits for more members, in milliseconds.", 0),
        Pair("streams.num.warmup.replicas", NewerGroupKeys.StreamsNumWarmupReplicas, "Tasks of a group whose state may be copied at a time to where they are to go; with 0 they go without, whatever members tell (KIP-441).", 0),
        Pair("streams.acceptable.recovery.lag", NewerGroupKeys.StreamsAcceptableRecoveryLag, "Up to how many records an instance may lack of a task's state to be given the task, where it tells (KIP-441).", 0),
        Pair("streams.task.offset.interval.ms", NewerGroupKeys.StreamsTaskOffsetIntervalMs, "How often a member tells how far it has the state of tasks, in milliseconds."),
    ];

    public static ConfigKey<string?> ShareAutoOffsetReset { get; } = ConfigKey.Free(
        "share.auto.offset.reset", "latest", "Where a share group begins to read a partition: earliest, latest, or by_duration: and a duration such as P1D.",
        OffsetReset.Fault, range: "earliest, latest, by_duration:PnDTnHnMn.nS");

    public static ConfigKey<string> ShareIsolationLevel { get; } = ConfigKey.OneOf(
        "share.isolation.level", "read_uncommitted", ["read_committed", "read_uncommitted"], "Whether a share group gets records of transactions that were not committed.");

    public static ConfigKey<string?> DeadLetterTopic { get; } = ConfigKey.Free(
        "errors.deadletterqueue.topic.name", "",
        "The topic to which records are written that a share group gives up, because they were rejected or delivered too often; nothing for none (KIP-1191).", DeadLetterFault);

    public static ConfigKey<bool> DeadLetterCopies { get; } = ConfigKey.Flag(
        "errors.deadletterqueue.copy.record.enable", false,
        "Whether keys and values are copied to the topic of errors.deadletterqueue.topic.name; otherwise headers alone say which record it was (KIP-1191).");

    public static IReadOnlyList<ConfigKey> All { get; } =
        [.. Numbers.Select(pair => pair.Key), ShareAutoOffsetReset, ShareIsolationLevel, DeadLetterTopic, DeadLetterCopies];

    /// <summary>What a number is for a group: what was set for it, else what the broker says.</summary>
    /// <param name="name">One of the numbers among <see cref="All"/>.</param>
    /// <param name="own">What was set for the group.</param>
    /// <param name="broker">What holds on the broker.</param>
    public static int NumberOf(string name, IReadOnlyDictionary<string, string> own, ConfigValues broker)
    {
        var (key, usual) = Array.Find(Numbers, pair => pair.Key.Name == name);
        return own.ContainsKey(name) ? new ConfigValues(own).Get(key) : broker.Get(usual);
    }

    /// <summary>The setting of that name, or null where groups have none.</summary>
    public static ConfigKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    /// <summary>The broker's setting that is the default of a group's, or null where there is none.</summary>
    public static string? BrokerNameOf(ConfigKey key) => Array.Find(Numbers, pair => pair.Key == key).Broker?.Name;

    /// <summary>What is wrong with a group's settings when they are held to the broker's bounds and to each other, in a sentence; null when nothing is.</summary>
    public static string? Fault(IReadOnlyDictionary<string, string> own, ConfigValues broker)
    {
        var given = new ConfigValues(own);
        foreach (var (key, usual) in Numbers)
        {
            var value = Value(key, usual);
            var bounds = NewerGroupBounds.All.FirstOrDefault(bounds => bounds.Usual == usual);
            if (bounds.Least is { } least && value < broker.Get(least))
            {
                return $"{key.Name}={value} must be at least {least.Name}, which is {broker.Get(least)}.";
            }

            if (bounds.Most is { } most && value > broker.Get(most))
            {
                return $"{key.Name}={value} must be at most {most.Name}, which is {broker.Get(most)}.";
            }
        }

        foreach (var protocol in new[] { "consumer", "share", "streams" })
        {
            var session = Array.Find(Numbers, pair => pair.Key.Name == $"{protocol}.session.timeout.ms");
            var heartbeat = Array.Find(Numbers, pair => pair.Key.Name == $"{protocol}.heartbeat.interval.ms");
            var (silence, beat) = (Value(session.Key, session.Broker), Value(heartbeat.Key, heartbeat.Broker));
            if (silence <= beat)
            {
                return $"{session.Key.Name}={silence} must be above {heartbeat.Key.Name}={beat}.";
            }
        }

        return given.Get(DeadLetterTopic) is { Length: > 0 } topic && !topic.StartsWith(broker.Get(ShareKeys.DeadLetterPrefix) ?? "", StringComparison.Ordinal)
            ? $"{DeadLetterTopic.Name}={topic} must begin with {ShareKeys.DeadLetterPrefix.Name}, which is {broker.Get(ShareKeys.DeadLetterPrefix)}."
            : null;

        int Value(ConfigKey<int> key, ConfigKey<int> usual) => given.IsGiven(key) ? given.Get(key) : broker.Get(usual);
    }

    private static string? DeadLetterFault(string topic) =>
        topic.Length == 0 ? null
        : TopicName.IsInternal(topic) ? "is a topic that the broker keeps its own state in"
        : TopicName.Fault(topic) is null ? null
        : "is not the name of a topic";

    private static (ConfigKey<int> Key, ConfigKey<int> Broker) Pair(string name, ConfigKey<int> broker, string meaning, int least = 1) =>
        (ConfigKey.Int(name, broker.Default, least, int.MaxValue, meaning), broker);
}
