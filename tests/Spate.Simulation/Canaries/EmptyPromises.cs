using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Keepers of delivery state that now and then say that something is there which is not.</summary>
internal sealed class EmptyPromises : Sabotage
{
    public override IShareStates Around(IShareStates states) => new Promising(states, this);

    private sealed class Promising(IShareStates states, Sabotage sabotage) : StatesAround(states)
    {
        private readonly IShareStates _states = states;

        public override ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request) => sabotage.World.Chance(0.2)
            ? ValueTask.FromResult(new InitializeShareGroupStateResponse
            {
                Results = request.Topics.ConvertAll(static topic => new InitializeShareGroupStateResponse.InitializeStateResult
                {
                    TopicId = topic.TopicId,
                    Partitions = topic.Partitions.ConvertAll(static one => new InitializeShareGroupStateResponse.PartitionResult { Partition = one.Partition }),
                }),
            })
            : _states.InitializeAsync(request);
    }
}
