using System.Globalization;
using Spate.Broker.Configuration;
using Spate.Broker.Tests.Hosting;

namespace Spate.Broker.Tests.Configuration;

/// <summary>Every key keeps its own rules, and has the name, the type and the default that Kafka gives it, but for those that say why not.</summary>
public sealed class KeysTests
{
    private const string Newer = "";

    /// <summary>Where a default is not that of the table. What the meaning of the key says of it, or nothing where version 4 has another one.</summary>
    private static readonly Dictionary<string, string> OtherDefaults = new(StringComparer.Ordinal)
    {
        ["node.id"] = "Kafka has no default",
        ["process.roles"] = "Kafka has no default",
        ["listeners"] = "Without a setting only this machine can connect",
        ["log.dirs"] = "where Kafka takes /tmp/kafka-logs",
        ["log.dir"] = "the default stands there",
        ["socket.listen.backlog.size"] = "Kafka takes 50",
        ["socket.send.buffer.bytes"] = "Kafka takes 102400",
        ["socket.receive.buffer.bytes"] = "Kafka takes 102400",
        ["queued.max.request.bytes"] = "where Kafka has no bound",
        ["num.recovery.threads.per.data.dir"] = "since version 4.0",
        ["log.message.timestamp.after.max.ms"] = "since version 4.0",
        ["message.timestamp.after.max.ms"] = "since version 4.0",
        ["group.consumer.assignors"] = Newer,
        ["group.coordinator.append.linger.ms"] = Newer,
        ["group.coordinator.rebalance.protocols"] = Newer,
        ["group.coordinator.threads"] = Newer,
        ["group.share.partition.max.record.locks"] = Newer,
        ["remote.log.manager.copier.thread.pool.size"] = Newer,
        ["remote.log.manager.expiration.thread.pool.size"] = Newer,
    };

    /// <summary>Where a type is not that of the table.</summary>
    private static readonly Dictionary<string, string> OtherTypes = new(StringComparer.Ordinal) { ["group.share.max.size"] = Newer };

    /// <summary>Where a setting changes in another way than in Kafka. The meaning of each key says so.</summary>
    private static readonly Dictionary<string, string> OtherUpdates = new(StringComparer.Ordinal)
    {
        ["listeners"] = "here it takes a restart",
        ["listener.security.protocol.map"] = "here it takes a restart",
    };

    /// <summary>Keys of version 4 that the table of version 3.9 does not have.</summary>
    private static readonly string[] NewerKeys =
    [
        "controller.performance.", "controller.quorum.auto.join.enable", "group.consumer.migration.policy", "group.coordinator.background.threads",
        "group.share.", "group.streams.", "share.coordinator.", "errors.deadletterqueue.", "log.dir.failure.timeout.ms", "log.initial.task.delay.ms", "unstable.",
        "transaction.two.phase.commit.enable", "remote.log.manager.follower.thread.pool.size", "remote.list.offsets.request.timeout.ms",
        "leader.replication.throttled.rate", "follower.replication.throttled.rate", "replica.alter.log.dirs.io.max.bytes.per.second",
    ];

    public static TheoryData<string> BrokerNames => [.. BrokerKeys.All.Select(key => key.Name)];

    public static TheoryData<string> TopicNames => [.. TopicKeys.All.Select(key => key.Name)];

    [Fact]
    public void All_Names_AreDeclaredOnce()
    {
        Assert.Distinct(BrokerKeys.All.Select(key => key.Name));
        Assert.Distinct(TopicKeys.All.Select(key => key.Name));
        Assert.All(BrokerKeys.All.Concat(TopicKeys.All), key => Assert.EndsWith(".", key.Meaning, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BrokerNames))]
    public void Default_OfABrokerKey_IsReadByItsOwnParser(string name) => AssertDefault(Broker(name));

    [Theory]
    [MemberData(nameof(TopicNames))]
    public void Default_OfATopicKey_IsReadByItsOwnParser(string name) => AssertDefault(Topic(name));

    [Theory]
    [MemberData(nameof(TopicNames))]
    public void BrokerNamesOf_TopicKey_AreKeysOfTheBroker(string name)
    {
        var names = TopicKeys.BrokerNamesOf(Topic(name));

        Assert.All(names, broker => Assert.Contains(BrokerKeys.All, key => key.Name == broker));
    }

    [Fact]
    public void Exceptions_EachOne_SaysWhyInItsMeaning() => Assert.All(
        OtherDefaults.Concat(OtherUpdates),
        exception => Assert.Contains(exception.Value, BrokerKeys.All.Concat(TopicKeys.All).First(key => key.Name == exception.Key).Meaning, StringComparison.Ordinal));

    [KafkaKeysFact]
    public void Broker_keys_have_the_names_types_and_defaults_of_Kafka() => AssertSame(KafkaKeys.Read("broker.tsv"), BrokerKeys.All);

    [KafkaKeysFact]
    public void Topic_keys_have_the_names_types_and_defaults_of_Kafka() =>
        AssertSame(KafkaKeys.Read("topic.tsv"), TopicKeys.All.Where(key => TopicKeys.BrokerNamesOf(key).Count < 2 && key.DefaultText is not null));

    [KafkaKeysFact]
    public void Broker_keys_change_as_in_Kafka()
    {
        var kafka = KafkaKeys.Read("broker.tsv");
        Assert.All(
            BrokerKeys.All.Where(key => kafka.ContainsKey(key.Name) && !OtherUpdates.ContainsKey(key.Name)),
            key => Assert.Equal((key.Name, kafka[key.Name].Detail), (key.Name, key.Update switch
            {
                ConfigUpdate.ReadOnly => "read-only",
                ConfigUpdate.PerBroker => "per-broker",
                _ => "cluster-wide",
            })));
    }

    [KafkaKeysTheory]
    [InlineData("broker.tsv")]
    [InlineData("tiered-storage.tsv")]
    public void Every_key_of_a_broker_is_known_in_one_way(string table) =>
        Assert.All(KafkaKeys.Read(table).Keys, name => Assert.True(BrokerKeys.Find(name) is null != GoneKeys.AdviceOn(name) is null, name));

    [KafkaKeysFact]
    public void Every_key_of_a_topic_is_known_in_one_way_and_has_its_default_from_Kafkas_key()
    {
        foreach (var (name, key) in KafkaKeys.Read("topic.tsv"))
        {
            Assert.True(TopicKeys.Find(name) is null != GoneKeys.AdviceOn(name) is null, name);
            if (TopicKeys.Find(name) is { } known)
            {
                Assert.Equal(key.Detail == "null" ? null : key.Detail, TopicKeys.BrokerNamesOf(known) is [var first, ..] ? first : null);
            }
        }
    }

    [KafkaKeysFact]
    public void Topic_keys_in_several_units_have_the_defaults_of_Kafka()
    {
        var kafka = KafkaKeys.Read("topic.tsv");
        var described = SettingDescriptions.OfTopic(new Dictionary<string, string>(), TestBroker.Settings().Layers);
        Assert.All(
            described.Where(setting => setting.Name is "retention.ms" or "segment.ms" or "segment.jitter.ms" or "flush.ms"),
            setting => Assert.Equal(kafka[setting.Name].Default, setting.Value));
    }

    private static ConfigKey Broker(string name) => BrokerKeys.All.Single(key => key.Name == name);

    private static ConfigKey Topic(string name) => TopicKeys.All.Single(key => key.Name == name);

    private static void AssertDefault(ConfigKey key)
    {
        if (key.DefaultText is { } text)
        {
            Assert.Null(key.Fault(text));
        }
    }

    private static void AssertSame(IReadOnlyDictionary<string, KafkaKey> kafka, IEnumerable<ConfigKey> keys)
    {
        var differences = new List<string>();
        foreach (var key in keys)
        {
            if (!kafka.TryGetValue(key.Name, out var known))
            {
                if (!Array.Exists(NewerKeys, newer => key.Name.StartsWith(newer, StringComparison.Ordinal)))
                {
                    differences.Add($"{key.Name} is no key of Kafka");
                }

                continue;
            }

            if (!OtherTypes.ContainsKey(key.Name) && !known.IsOf(key.Type))
            {
                differences.Add($"{key.Name} is a {known.Type} in Kafka and a {key.Type} here");
            }

            if (!OtherDefaults.ContainsKey(key.Name) && !string.Equals(known.Default ?? "", key.DefaultText ?? "", StringComparison.OrdinalIgnoreCase))
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{key.Name} is {known.Default} in Kafka and {key.DefaultText} here"));
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
