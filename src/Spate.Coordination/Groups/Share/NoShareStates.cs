using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>What a coordinator asks that nobody has told of a keeper of delivery state: it sees to no partition that it is asked about.</summary>
internal sealed class NoShareStates : IShareStates
{
    private NoShareStates()
    {
    }

    public static NoShareStates Instance { get; } = new();

    public ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request) => ValueTask.FromResult(new InitializeShareGroupStateResponse());

    public ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request) => ValueTask.FromResult(new ReadShareGroupStateResponse());

    public ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request) => ValueTask.FromResult(new WriteShareGroupStateResponse());

    public ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request) => ValueTask.FromResult(new DeleteShareGroupStateResponse());

    public ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request) => ValueTask.FromResult(new ReadShareGroupStateSummaryResponse());
}
