using Spate.Broker.Coordinators;
using Spate.Broker.Telemetry;
using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Shares;

/// <summary>
/// The keeper of delivery state of this node, for those on this node who ask it: the topic that it keeps everything in is made when somebody first does, and nobody
/// is told to come again because it is still being read. Safe for use by several threads at once.
/// </summary>
/// <param name="keeper">The keeper.</param>
/// <param name="topic">Its topic; one that could not be made shows in the keeper's answers, as it is nobody's coordinator then.</param>
/// <param name="whenLoaded">Completes when all that was opened so far has been read.</param>
/// <param name="metrics">Told how long writes take.</param>
/// <param name="changed">Told of share partitions that have been begun anew or deleted.</param>
internal sealed class LocalShareStates(IShareStates keeper, InternalTopic topic, Func<Task> whenLoaded, ShareStateMetrics metrics, Action<SharePartitionKey> changed) : IShareStates
{
    public async ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request)
    {
        await ReadyAsync();
        var answer = await keeper.InitializeAsync(request);
        Tell(request.GroupId, answer.Results.SelectMany(static topic => topic.Partitions.Select(each => (topic.TopicId, each.Partition, each.ErrorCode))));
        return answer;
    }

    public async ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request)
    {
        await ReadyAsync();
        return await keeper.ReadAsync(request);
    }

    public async ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request)
    {
        await ReadyAsync();
        var began = metrics.Now;
        var answer = await keeper.WriteAsync(request);
        metrics.Written(began);
        return answer;
    }

    public async ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request)
    {
        await ReadyAsync();
        var answer = await keeper.DeleteAsync(request);
        Tell(request.GroupId, answer.Results.SelectMany(static topic => topic.Partitions.Select(each => (topic.TopicId, each.Partition, each.ErrorCode))));
        return answer;
    }

    public async ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request)
    {
        await ReadyAsync();
        return await keeper.SummarizeAsync(request);
    }

    private void Tell(string groupId, IEnumerable<(Uuid TopicId, int Partition, ErrorCode Error)> answers)
    {
        foreach (var (topicId, partition, _) in answers.Where(static answer => answer.Error == ErrorCode.None))
        {
            changed(new SharePartitionKey(groupId, topicId, partition));
        }
    }

    private async ValueTask ReadyAsync()
    {
        await topic.EnsureAsync(CancellationToken.None);
        await whenLoaded();
    }
}
