using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>
/// What a group coordinator asks of the keepers of delivery state, over the network: each share partition of the one who leads its partition of the topic. Questions may come
/// late or twice, for a connection that breaks does not take back what was sent on it.
/// </summary>
internal sealed class RemoteShareStates(World world, Node node) : IShareStates
{
    public async ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request)
    {
        var response = new InitializeShareGroupStateResponse();
        foreach (var (topicId, one, answer) in AskAll(request.Topics, static topic => topic.TopicId, static topic => topic.Partitions, (topicId, one) => AskAsync(
            new SharePartitionKey(request.GroupId, topicId, one.Partition),
            $"initialise in {one.StateEpoch}",
            async keeper => (await keeper.InitializeAsync(new()
            {
                GroupId = request.GroupId,
                Topics = [new() { TopicId = topicId, Partitions = [one] }],
            })).Results[0].Partitions[0].ErrorCode)))
        {
            response.Results.Add(new() { TopicId = topicId, Partitions = [new() { Partition = one.Partition, ErrorCode = await answer }] });
        }

        return response;
    }

    public async ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request)
    {
        var response = new DeleteShareGroupStateResponse();
        foreach (var (topicId, one, answer) in AskAll(request.Topics, static topic => topic.TopicId, static topic => topic.Partitions, (topicId, one) => AskAsync(
            new SharePartitionKey(request.GroupId, topicId, one.Partition),
            "delete",
            async keeper => (await keeper.DeleteAsync(new()
            {
                GroupId = request.GroupId,
                Topics = [new() { TopicId = topicId, Partitions = [one] }],
            })).Results[0].Partitions[0].ErrorCode)))
        {
            response.Results.Add(new() { TopicId = topicId, Partitions = [new() { Partition = one.Partition, ErrorCode = await answer }] });
        }

        return response;
    }

    public ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request) => throw new NotSupportedException("Groups do not read state.");

    public ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request) => throw new NotSupportedException("Groups do not write state.");

    public ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request) => throw new NotSupportedException("Nobody asks for summaries here.");

    /// <summary>Asks everything at once; what is awaited afterwards is awaited in its order.</summary>
    private static List<(Uuid TopicId, TPartition Partition, Task<ErrorCode> Answer)> AskAll<TTopic, TPartition>(
        IEnumerable<TTopic> topics, Func<TTopic, Uuid> idOf, Func<TTopic, IEnumerable<TPartition>> partitionsOf, Func<Uuid, TPartition, Task<ErrorCode>> ask) =>
        [.. topics.SelectMany(topic => partitionsOf(topic).Select(one => (idOf(topic), one, ask(idOf(topic), one))))];

    private async Task<ErrorCode> AskAsync(SharePartitionKey key, string what, Func<ShareStateKeeper, Task<ErrorCode>> ask)
    {
        var answer = await world.Network.AskAsync<Answer>(
            node.ToString(),
            world.Cluster.Find(InternalTopic.ShareStates, key.ToString()).Leader,
            () => $"{what} {key}",
            async keeper => new Answer(await ask(keeper.Shares)),
            mayRepeat: true);
        return answer?.Error ?? ErrorCode.RequestTimedOut;
    }

    private sealed record Answer(ErrorCode Error);
}
