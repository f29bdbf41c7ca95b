using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Simulation.Canaries;

/// <summary>Share partitions that are begun once more, in another epoch, when they have long been read.</summary>
internal sealed class BeginsAnew : Sabotage
{
    public override IShareStates Around(IShareStates states) => new Beginning(states, this);

    private sealed class Beginning(IShareStates states, Sabotage sabotage) : StatesAround(states)
    {
        private const int EpochsAhead = 1_000;
        private readonly IShareStates _states = states;

        public override ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request)
        {
            sabotage.World.Agenda.Put(sabotage.World.Between(5_000, 60_000), static () => "share partitions are begun once more", () =>
            {
                var again = new InitializeShareGroupStateRequest
                {
                    GroupId = request.GroupId,
                    Topics = request.Topics.ConvertAll(static topic => new InitializeShareGroupStateRequest.InitializeStateData
                    {
                        TopicId = topic.TopicId,
                        Partitions = topic.Partitions.ConvertAll(static one => new InitializeShareGroupStateRequest.PartitionData
                        {
                            Partition = one.Partition,
                            StateEpoch = one.StateEpoch + EpochsAhead,
                            StartOffset = one.StartOffset,
                        }),
                    }),
                };
                _ = _states.InitializeAsync(again).AsTask();
            });
            return _states.InitializeAsync(request);
        }
    }
}
