using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Tests.Administration;

/// <summary>The only member of a classic group, in requests of the test's own. It sends no heartbeats, which a session's length forgives.</summary>
internal static class ClassicMember
{
    /// <summary>Joins and assigns partition 0 of a topic to itself.</summary>
    /// <returns>The id that the coordinator gave it.</returns>
    public static async Task<string> JoinAsync(AdminFixture fixture, string group, string topic, string? instance = null, string protocolType = "consumer")
    {
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = fixture.Broker.BootstrapServers, ClientId = "member" });
        var node = await cluster.AnyNodeAsync(default).OrTimeout("a node");
        await fixture.Admin.Groups.DescribeAsync([group]).OrTimeout("the coordinator to be ready");
        var join = new JoinGroupRequest
        {
            GroupId = group,
            SessionTimeoutMs = 300_000,
            RebalanceTimeoutMs = 300_000,
            GroupInstanceId = instance,
            ProtocolType = protocolType,
            Protocols = [new() { Name = "range", Metadata = Bytes(new ConsumerProtocolSubscription { Topics = [topic], RackId = "r2" }, 3) }],
        };
        while (true)
        {
            using var joined = await cluster.AskAsync(node, join, default).OrTimeout("the member to join");
            join.MemberId = joined.Message.MemberId;
            if (joined.Message.ErrorCode == ErrorCode.MemberIdRequired)
            {
                continue;
            }

            Assert.Equal(ErrorCode.None, joined.Message.ErrorCode);
            var sync = new SyncGroupRequest
            {
                GroupId = group,
                MemberId = join.MemberId,
                GenerationId = joined.Message.GenerationId,
                GroupInstanceId = instance,
                ProtocolType = protocolType,
                ProtocolName = "range",
                Assignments = [new() { MemberId = join.MemberId, Assignment = Bytes(new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = topic, Partitions = [0] }] }, 3) }],
            };
            using var synced = await cluster.AskAsync(node, sync, default).OrTimeout("the member's assignment");
            Assert.Equal(ErrorCode.None, synced.Message.ErrorCode);
            return join.MemberId;
        }
    }

    public static byte[] Bytes(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
