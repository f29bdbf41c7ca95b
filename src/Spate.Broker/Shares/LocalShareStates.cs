using Spate.Broker.Coordinators;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Shares;

/// <summary>
/// The keeper of delivery state of this node, for those on this node who ask it: the topic that it keeps everything in is made when somebody first does, and nobody
/// is told to come again because it is still being read. Safe for use by several threads at once.
/// </summary>
/// <param name="keeper">The keeper.</param>
/// <param name="topic">Its topic; one that could not be made shows in the keeper's answers, as it is nobody's coordinator then.</param>
/// <param name="whenLoaded">Completes when all that was opened so far has been read.</param>
internal sealed class LocalShareStates(IShareStates keeper, InternalTopic topic, Func<Task> whenLoaded) : IShareStates
{
    public async ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request)
    {
        await ReadyAsync();
        return await keeper.InitializeAsync(request);
    }

    public async ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request)
    {
        await ReadyAsync();
        return await keeper.ReadAsync(request);
    }

    public async ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request)
    {
        await ReadyAsync();
        return await keeper.WriteAsync(request);
    }

    public async ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request)
    {
        await ReadyAsync();
        return await keeper.DeleteAsync(request);
    }

    public async ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request)
    {
        await ReadyAsync();
        return await keeper.SummarizeAsync(request);
    }

    private async ValueTask ReadyAsync()
    {
        await topic.EnsureAsync(CancellationToken.None);
        await whenLoaded();
    }
}
