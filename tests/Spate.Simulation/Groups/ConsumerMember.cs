using Spate.Coordination;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>A member that speaks the consumer protocol (KIP-848).</summary>
internal sealed class ConsumerMember : GroupMember
{
    private readonly ConsumerProtocolClient _client;
    private int _lives;

    public ConsumerMember(World world, string groupId, string name)
        : base(world, groupId, name)
    {
        _client = new ConsumerProtocolClient(name, groupId)
        {
            InstanceId = world.Random.Next(3) == 0 ? "i-" + name : null,
            Assignor = world.Random.Next(3) switch { 0 => "uniform", 1 => "range", _ => null },
            Rack = world.Random.Next(2) == 0 ? null : "r",
            RebalanceTimeoutMs = world.Random.Next(5_000, 60_000),
        };
        Subscribe();
    }

    public override string MemberId => _client.Id;

    public override int Epoch => _client.Epoch;

    public override PartitionSet Owned => _client.Owned;

    protected override short CommitVersion => 9;

    protected override string? Instance => _client.InstanceId;

    public override void Obey() => _client.GiveUp();

    protected override void Proceed()
    {
        var request = _client.Request();
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"heartbeat of {request.MemberId} in {request.MemberEpoch} with {Text(request)}",
            node => node.Groups.ConsumerGroupHeartbeatAsync(World.Sabotage.Heard(request), new GroupClient(Name, "/10.0.0.1", 1)),
            static response => response.ErrorCode,
            response =>
            {
                if (response is null)
                {
                    _client.LoseAnswer();
                }
                else
                {
                    _client.Hear(response);
                }

                Next();
            });
    }

    protected override void Leave()
    {
        var farewell = _client.Farewell(_client.InstanceId is not null && World.Random.Next(2) == 0 ? -2 : -1);
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"farewell of {farewell.MemberId} with {farewell.MemberEpoch}",
            node => node.Groups.ConsumerGroupHeartbeatAsync(farewell, new GroupClient(Name, "/10.0.0.1", 1)),
            static response => response.ErrorCode,
            static _ => { });
    }

    protected override void Forget() => _client.Restart($"{Name}-{++_lives}");

    protected override void Vary()
    {
        if (World.Random.Next(3) == 0)
        {
            Subscribe();
        }
        else if (_client.IsSlow)
        {
            _client.GiveUp();
        }
        else
        {
            _client.IsSlow = true;
        }
    }

    protected override void Heard(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch)
        {
            _client.Restart();
        }
    }

    private static string Text(ConsumerGroupHeartbeatRequest request) => request.TopicPartitions is { } owned
        ? string.Join(' ', owned.Select(static topic => $"{topic.TopicId}:{string.Join(',', topic.Partitions)}"))
        : "the same";

    private void Subscribe()
    {
        if (World.Random.Next(4) == 0)
        {
            _client.SubscribeTo(World.Random.Next(2) == 0 ? "[ab]" : "[a-d]");
        }
        else
        {
            _client.Subscribe([.. new[] { "a", "b", "c", "none" }.Where(_ => World.Random.Next(2) == 0)]);
        }
    }
}
