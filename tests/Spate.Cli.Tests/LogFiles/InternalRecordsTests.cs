using Spate.Cli.LogFiles;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Cli.Tests.LogFiles;

public sealed class InternalRecordsTests
{
    private static readonly string[] OfTransactionsAndShares = ["TransactionLogKey", "ShareSnapshotKey", "ShareUpdateKey"];

    /// <summary>Every key of a record that a coordinator keeps, by the topic that it keeps it in.</summary>
    public static TheoryData<string, string> Keys()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in typeof(OffsetCommitKey).Assembly.GetTypes().Where(static type => type.IsAssignableTo(typeof(IMessage)) && type.Name.EndsWith("Key", StringComparison.Ordinal) && type.Name != "ControlRecordKey"))
        {
            data.Add(type.Name == OfTransactionsAndShares[0] ? "__transaction_state" : OfTransactionsAndShares.Contains(type.Name) ? "__share_group_state" : "__consumer_offsets", type.FullName!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_record_of_a_coordinator_is_decoded(string topic, string typeName)
    {
        var type = typeof(OffsetCommitKey).Assembly.GetType(typeName, throwOnError: true)!;
        var key = (IMessage)Activator.CreateInstance(type)!;
        var version = (short)type.GetField("HighestVersion")!.GetValue(null)!;
        var bytes = Bytes(key, version);
        var decoded = InternalRecords.Decode(topic, bytes, NullableBytes.Null);
        Assert.NotNull(decoded);
        Assert.StartsWith($"{type.Name} {{", decoded.Value.Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, """{"topics":["orders"],"userData":"07","ownedPartitions":[],"generationId":-1,"rackId":null}""")]
    [InlineData(1, """{"topics":["orders"],"userData":"07","ownedPartitions":[{"topic":"orders","partitions":[0,2]}],"generationId":-1,"rackId":null}""")]
    [InlineData(2, """{"topics":["orders"],"userData":"07","ownedPartitions":[{"topic":"orders","partitions":[0,2]}],"generationId":5,"rackId":null}""")]
    [InlineData(3, """{"topics":["orders"],"userData":"07","ownedPartitions":[{"topic":"orders","partitions":[0,2]}],"generationId":5,"rackId":"r1"}""")]
    public void What_a_consumer_says_of_itself_is_decoded_in_every_version(short version, string expected)
    {
        var said = new ConsumerProtocolSubscription
        {
            Topics = ["orders"],
            UserData = new byte[] { 7 },
            OwnedPartitions = [new ConsumerProtocolSubscription.TopicPartition { Topic = "orders", Partitions = [0, 2] }],
            GenerationId = 5,
            RackId = "r1",
        };
        var decoded = ValueOf("consumer", Bytes(said, version), []);
        Assert.Contains($"\"subscription\":{expected}", decoded, StringComparison.Ordinal);

        // Nothing is assigned before the leader has done so.
        Assert.Contains("\"assignment\":\"\"", decoded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void What_is_assigned_to_a_consumer_is_decoded_in_every_version(short version)
    {
        var assigned = new ConsumerProtocolAssignment { AssignedPartitions = [new ConsumerProtocolAssignment.TopicPartition { Topic = "orders", Partitions = [1] }] };
        Assert.Contains("""
            "assignment":{"assignedPartitions":[{"topic":"orders","partitions":[1]}],"userData":null}
            """, ValueOf("consumer", Bytes(new ConsumerProtocolSubscription(), 0), Bytes(assigned, version)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_is_not_known_yet_is_read_as_the_newest_one()
    {
        var bytes = Bytes(new ConsumerProtocolSubscription { Topics = ["orders"], RackId = "r1" }, 3);
        bytes[1] = 9;
        Assert.Contains("\"rackId\":\"r1\"", ValueOf("consumer", [.. bytes, 0xFF], []), StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_other_protocols_are_shown_as_they_are() =>
        Assert.Contains("\"subscription\":\"0000ff\",\"assignment\":\"01\"", ValueOf("connect", [0, 0, 0xFF], [1]), StringComparison.Ordinal);

    [Theory]
    [InlineData("ffff", "no subscription of the consumer protocol has version -1")]
    [InlineData("00", "no subscription of the consumer protocol: ")]
    [InlineData("00000000000500", "no subscription of the consumer protocol: ")]
    public void Bytes_that_are_no_subscription_are_shown_with_a_word_why(string hex, string why) =>
        Assert.Contains($"\"subscription\":{{\"bytes\":\"{hex}\",\"why\":\"{why}", ValueOf("consumer", Convert.FromHexString(hex), []), StringComparison.Ordinal);

    [Fact]
    public void A_classic_member_of_a_group_of_the_new_protocol_is_decoded_too()
    {
        var value = new ConsumerGroupMemberMetadataValue
        {
            ClassicMemberMetadata = new ConsumerGroupMemberMetadataValue.ClassicMember
            {
                SupportedProtocols = [new ConsumerGroupMemberMetadataValue.ClassicProtocol { Name = "range", Metadata = Bytes(new ConsumerProtocolSubscription { Topics = ["orders"] }, 3) }],
            },
        };
        var decoded = InternalRecords.Decode("__consumer_offsets", Bytes(new ConsumerGroupMemberMetadataKey(), ConsumerGroupMemberMetadataKey.HighestVersion), Bytes(value, ConsumerGroupMemberMetadataValue.HighestVersion));
        Assert.Contains("\"metadata\":{\"topics\":[\"orders\"]", decoded!.Value.Value, StringComparison.Ordinal);
    }

    private static string ValueOf(string protocolType, byte[] subscription, byte[] assignment)
    {
        var value = new GroupMetadataValue
        {
            ProtocolType = protocolType,
            Members = [new GroupMetadataValue.MemberMetadata { MemberId = "m", Subscription = subscription, Assignment = assignment }],
        };
        return InternalRecords.Decode("__consumer_offsets", Bytes(new GroupMetadataKey { Group = "g" }, GroupMetadataKey.HighestVersion), Bytes(value, GroupMetadataValue.HighestVersion))!.Value.Value!;
    }

    private static byte[] Bytes(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
