using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Keepers of delivery state around other ones, for canaries that change how share partitions begin.</summary>
internal abstract class StatesAround(IShareStates states) : IShareStates
{
    public abstract ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request);

    public ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request) => states.ReadAsync(request);

    public ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request) => states.WriteAsync(request);

    public ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request) => states.DeleteAsync(request);

    public ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request) => states.SummarizeAsync(request);
}
