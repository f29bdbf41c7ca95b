using Spate.Client.Administration;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Suite;

/// <summary>What the admin does, whatever broker is at the other end: each derived class brings one.</summary>
public abstract class AdminSuite(string bootstrapServers)
{
    [Fact]
    public async Task Topics_are_made_described_enlarged_and_deleted_each_with_its_own_result()
    {
        await using var client = new KafkaClient(bootstrapServers);
        var created = await client.Admin.Topics.CreateAsync([new("made") { Partitions = 2 }, new("not a name")]).Soon();
        Assert.Equal((true, ErrorCode.InvalidTopic), (created["made"].IsSuccess, created["not a name"].Error!.ErrorCode));

        var enlarged = await client.Admin.Topics.AddPartitionsAsync([new("made", 5), new("missing", 2)]).Soon();
        Assert.Equal((true, ErrorCode.UnknownTopicOrPartition), (enlarged["made"].IsSuccess, enlarged["missing"].Error!.ErrorCode));

        var described = await client.Admin.Topics.DescribeAsync(["made", "missing"]).Soon();
        Assert.Equal((5, ErrorCode.UnknownTopicOrPartition), (described["made"].Value.Partitions.Count, described["missing"].Error!.ErrorCode));
        Assert.Contains(await client.Admin.Topics.ListAsync().Soon(), static topic => topic.Name == "made");

        var deleted = await client.Admin.Topics.DeleteAsync(["made", "missing"]).Soon();
        Assert.Equal((true, ErrorCode.UnknownTopicOrPartition), (deleted["made"].IsSuccess, deleted["missing"].Error!.ErrorCode));
    }

    [Fact]
    public async Task Settings_are_changed_described_and_set_back()
    {
        var topic = ConfigResource.Topic("settings");
        await using var client = new KafkaClient(bootstrapServers);
        await client.Admin.Topics.CreateAsync([new("settings") { Configs = new Dictionary<string, string> { ["retention.ms"] = "5000" } }]).Soon();

        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [topic] = [ConfigChange.Set("max.message.bytes", "123456"), ConfigChange.Reset("retention.ms")],
        }).Soon();

        var described = (await client.Admin.Configs.DescribeAsync([topic]).Soon())[topic].Value;
        Assert.Equal(("123456", "604800000"), (described["max.message.bytes"].Value, described["retention.ms"].Value));
    }

    [Fact]
    public async Task Offsets_are_found_by_place_and_by_time()
    {
        await using var client = new KafkaClient(bootstrapServers);
        for (var number = 0; number < 3; number++)
        {
            await client.Producer.ProduceAsync(new Producing.ProducerRecord<string, int>("offsets", "k", number) { Partition = 0, Timestamp = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + number) }).Soon();
        }

        var partition = new TopicPartition("offsets", 0);
        foreach (var (position, offset) in new[] { (OffsetSpec.Earliest, 0), (OffsetSpec.Latest, 3), (OffsetSpec.At(DateTimeOffset.FromUnixTimeSeconds(1_700_000_001)), 1) })
        {
            Assert.Equal(offset, (await client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [partition] = position }).Soon())[partition].Value.Offset);
        }
    }

    [Fact]
    public async Task The_cluster_is_described_by_the_address_that_clients_use()
    {
        await using var client = new KafkaClient(bootstrapServers);

        var cluster = await client.Admin.Cluster.DescribeAsync().Soon();

        Assert.Equal(bootstrapServers, Assert.Single(cluster.Brokers).Address.ToString());
        Assert.Equal(cluster.Brokers[0].Id, cluster.ControllerId);
    }
}
