using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Shares;

/// <summary>The requests about the delivery state of one partition, which leaders and groups make.</summary>
internal static class ShareAsk
{
    /// <summary>Finds the keeper of the state, which makes its topic.</summary>
    public static async Task FindKeeperAsync(TestBroker broker, string group, Uuid topic, int partition = 0)
    {
        var found = await broker.AskAsync(new FindCoordinatorRequest { KeyType = 2, CoordinatorKeys = [$"{group}:{topic}:{partition}"] }, 6);
        Assert.Equal((ErrorCode.None, null), (found.Coordinators[0].ErrorCode, found.Coordinators[0].ErrorMessage));
    }

    /// <summary>Has a group begin to read a partition, as the coordinator of the group does.</summary>
    public static async Task BeginAsync(TestBroker broker, string group, Uuid topic, long start, int partition = 0, int stateEpoch = 0)
    {
        await FindKeeperAsync(broker, group, topic, partition);
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Initialize(group, topic, partition, stateEpoch, start), 0)).Results[0].Partitions[0].ErrorCode);
    }

    /// <summary>Sets something for a group.</summary>
    public static async Task SetAsync(TestBroker broker, string group, string name, string value)
    {
        var reply = await broker.AskAsync(
            new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 32, ResourceName = group, Configs = [new() { Name = name, ConfigOperation = 0, Value = value }] }] }, 1);
        Assert.Equal((ErrorCode.None, null), (reply.Responses[0].ErrorCode, reply.Responses[0].ErrorMessage));
    }

    public static InitializeShareGroupStateRequest Initialize(string group, Uuid topic, int partition, int stateEpoch, long start) => new()
    {
        GroupId = group,
        Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, StateEpoch = stateEpoch, StartOffset = start }] }],
    };

    public static WriteShareGroupStateRequest Write(string group, Uuid topic, int partition, int leaderEpoch, long start, params (long First, long Last, sbyte State)[] batches) => new()
    {
        GroupId = group,
        Topics =
        [
            new()
            {
                TopicId = topic,
                Partitions =
                [
                    new()
                    {
                        Partition = partition,
                        LeaderEpoch = leaderEpoch,
                        StartOffset = start,
                        StateBatches = [.. batches.Select(static one => new WriteShareGroupStateRequest.StateBatch
                        {
                            FirstOffset = one.First, LastOffset = one.Last, DeliveryState = one.State, DeliveryCount = 1,
                        })],
                    },
                ],
            },
        ],
    };

    public static ReadShareGroupStateRequest Read(string group, Uuid topic, int partition, int leaderEpoch) => new()
    {
        GroupId = group,
        Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, LeaderEpoch = leaderEpoch }] }],
    };

    public static ReadShareGroupStateSummaryRequest Summarize(string group, Uuid topic, int partition) => new()
    {
        GroupId = group,
        Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, LeaderEpoch = -1 }] }],
    };

    public static DeleteShareGroupStateRequest Delete(string group, Uuid topic, int partition) => new()
    {
        GroupId = group,
        Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition }] }],
    };

    /// <summary>What is kept of a partition, for people to read.</summary>
    public static async Task<string> StateAsync(TestBroker broker, string group, Uuid topic, int partition = 0)
    {
        var read = (await broker.AskAsync(Read(group, topic, partition, -1), 0)).Results[0].Partitions[0];
        return read.ErrorCode != ErrorCode.None
            ? read.ErrorCode.ToString()
            : $"{read.StartOffset}:{string.Concat(read.StateBatches.Select(static one => $" {one.FirstOffset}-{one.LastOffset} {one.DeliveryState}*{one.DeliveryCount}"))}";
    }
}
