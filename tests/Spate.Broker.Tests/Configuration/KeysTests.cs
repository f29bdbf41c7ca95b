using System.Globalization;
using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

/// <summary>Every key keeps its own rules, and has the name, the type and the default that Kafka gives it, but for those that say why not.</summary>
public sealed class KeysTests
{
    /// <summary>Where a default is not that of the table, which is of version 3.9. The meaning of each key says why.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["node.id"] = "Kafka has no default",
        ["listeners"] = "Without a setting only this machine can connect",
        ["log.dirs"] = "where Kafka takes /tmp/kafka-logs",
        ["socket.listen.backlog.size"] = "Kafka takes 50",
        ["socket.send.buffer.bytes"] = "Kafka takes 102400",
        ["socket.receive.buffer.bytes"] = "Kafka takes 102400",
        ["queued.max.request.bytes"] = "where Kafka has no bound",
        ["num.recovery.threads.per.data.dir"] = "since version 4.0",
        ["log.message.timestamp.after.max.ms"] = "since version 4.0",
        ["message.timestamp.after.max.ms"] = "since version 4.0",
    };

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

        Assert.NotEmpty(names);
        Assert.All(names, broker => Assert.Contains(BrokerKeys.All, key => key.Name == broker));
    }

    [Fact]
    public void Exceptions_EachOne_SaysWhyInItsMeaning() =>
        Assert.All(Exceptions, exception => Assert.Contains(exception.Value, BrokerKeys.All.Concat(TopicKeys.All).Single(key => key.Name == exception.Key).Meaning, StringComparison.Ordinal));

    [KafkaKeysFact]
    public void Broker_keys_have_the_names_types_and_defaults_of_Kafka() => AssertSame(KafkaKeys.Read("broker.tsv"), BrokerKeys.All);

    [KafkaKeysFact]
    public void Topic_keys_have_the_names_types_and_defaults_of_Kafka() =>
        AssertSame(KafkaKeys.Read("topic.tsv"), TopicKeys.All.Where(key => TopicKeys.BrokerNamesOf(key).Count == 1 && key.DefaultText is not null));

    [KafkaKeysFact]
    public void Topic_keys_in_several_units_have_the_defaults_of_Kafka()
    {
        var kafka = KafkaKeys.Read("topic.tsv");
        var described = new TopicSettings(new Dictionary<string, string>(), ConfigValues.Empty).Describe();
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
                differences.Add($"{key.Name} is no key of Kafka");
                continue;
            }

            if (!known.IsOf(key.Type))
            {
                differences.Add($"{key.Name} is a {known.Type} in Kafka and a {key.Type} here");
            }

            if (!Exceptions.ContainsKey(key.Name) && !string.Equals(known.Default ?? "", key.DefaultText ?? "", StringComparison.OrdinalIgnoreCase))
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{key.Name} is {known.Default} in Kafka and {key.DefaultText} here"));
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
