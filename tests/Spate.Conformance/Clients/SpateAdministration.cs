using System.Globalization;
using System.Text.Json;
using Spate.Client.Administration;
using Spate.Protocol;

namespace Spate.Conformance.Clients;

/// <summary>The words that drivers know, done by Spate.Client's administrator. An item that failed throws its error.</summary>
internal static class SpateAdministration
{
    public static Task<object?> DoAsync(Admin admin, string command, JsonElement arguments) => command switch
    {
        "createTopics" => CreateTopicsAsync(admin, arguments),
        "describeTopics" => DescribeTopicsAsync(admin, arguments),
        "deleteTopics" => DeleteTopicsAsync(admin, arguments),
        "createPartitions" => CreatePartitionsAsync(admin, arguments),
        "describeConfigs" => DescribeConfigsAsync(admin, arguments),
        "alterConfigs" => AlterConfigsAsync(admin, arguments),
        "describeCluster" => DescribeClusterAsync(admin),
        "listOffsets" => ListOffsetsAsync(admin, arguments),
        _ => throw new NotSupportedException($"Spate.Client cannot {command} yet."),
    };

    private static async Task<object?> CreateTopicsAsync(Admin admin, JsonElement arguments)
    {
        var created = await admin.Topics.CreateAsync(
        [
            .. arguments.GetProperty("topics").EnumerateArray().Select(topic => new NewTopic(topic.GetProperty("name").GetString()!)
            {
                Partitions = topic.GetProperty("partitions").GetInt32(),
                ReplicationFactor = 1,
                Configs = topic.GetProperty("configs").Deserialize<Dictionary<string, string>>()!,
            }),
        ]);
        created.ThrowIfAnyFailed();
        return created.Count;
    }

    private static async Task<object?> DescribeTopicsAsync(Admin admin, JsonElement arguments) =>
        (await admin.Topics.DescribeAsync(Names(arguments, "topics"))).ToDictionary(topic => topic.Key, topic => topic.Value.Value.Partitions.Count);

    private static async Task<object?> DeleteTopicsAsync(Admin admin, JsonElement arguments) => All(await admin.Topics.DeleteAsync(Names(arguments, "topics")));

    private static async Task<object?> CreatePartitionsAsync(Admin admin, JsonElement arguments)
    {
        var wanted = new NewPartitions(arguments.GetProperty("topic").GetString()!, arguments.GetProperty("total").GetInt32());
        return All(await admin.Topics.AddPartitionsAsync([wanted]));
    }

    private static async Task<object?> DescribeConfigsAsync(Admin admin, JsonElement arguments)
    {
        var resource = Resource(arguments);
        return (await admin.Configs.DescribeAsync([resource]))[resource].Value.ToDictionary(entry => entry.Key, entry => entry.Value.Value);
    }

    private static async Task<object?> AlterConfigsAsync(Admin admin, JsonElement arguments)
    {
        var changes = new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [Resource(arguments)] =
            [
                .. arguments.GetProperty("set").EnumerateObject().Select(entry => ConfigChange.Set(entry.Name, entry.Value.GetString()!)),
                .. Names(arguments, "delete").Select(ConfigChange.Reset),
            ],
        };
        return All(await admin.Configs.AlterAsync(changes));
    }

    private static async Task<object?> DescribeClusterAsync(Admin admin)
    {
        var cluster = await admin.Cluster.DescribeAsync();
        return new
        {
            cluster = cluster.ClusterId,
            controller = cluster.ControllerId,
            brokers = cluster.Brokers.Select(broker => new object[] { broker.Id, broker.Address.Host, broker.Address.Port }),
        };
    }

    private static async Task<object?> ListOffsetsAsync(Admin admin, JsonElement arguments)
    {
        var from = arguments.GetProperty("from");
        var spec = SpateClient.SpecOf(new ReadFrom(from.GetProperty("at").GetString()!, from.GetProperty("value").GetInt64()));
        var places = arguments.GetProperty("partitions").EnumerateArray()
            .Select(partition => new TopicPartition(arguments.GetProperty("topic").GetString()!, partition.GetInt32())).ToList();
        var offsets = await admin.Partitions.ListOffsetsAsync(places.ToDictionary(place => place, _ => spec));
        return places.Select(place => offsets[place].Value.Offset ?? -1);
    }

    private static ConfigResource Resource(JsonElement arguments)
    {
        var name = arguments.GetProperty("name").GetString()!;
        return arguments.GetProperty("type").GetString() == "topic" ? ConfigResource.Topic(name) : ConfigResource.Broker(int.Parse(name, CultureInfo.InvariantCulture));
    }

    private static string[] Names(JsonElement arguments, string property) => [.. arguments.GetProperty(property).EnumerateArray().Select(name => name.GetString()!)];

    private static int All<T>(IReadOnlyDictionary<T, AdminResult> results)
    {
        results.ThrowIfAnyFailed();
        return results.Count;
    }
}
