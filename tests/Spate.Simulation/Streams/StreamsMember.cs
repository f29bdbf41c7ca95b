using Spate.Coordination;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Simulation.Cluster;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>An instance of a streams application (KIP-1071): has tasks, and reads what they read.</summary>
internal sealed class StreamsMember : GroupMember
{
    private readonly StreamsProtocolClient _client;
    private readonly StreamsApplication _application;
    private int _lives;

    public StreamsMember(World world, string groupId, string name, StreamsApplication application)
        : base(world, groupId, name)
    {
        _application = application;
        _client = new StreamsProtocolClient(name, groupId)
        {
            Topology = StreamsApplication.Topology,
            RebalanceTimeoutMs = world.Random.Next(5_000, 60_000),
        };
        Move();
    }

    public override string MemberId => _client.Id;

    public override int Epoch => _client.Epoch;

    public override PartitionSet Owned => _application.Inputs(_client.Owned.Active);

    public TaskAssignment Tasks => _client.Owned;

    protected override short CommitVersion => 9;

    protected override string? Instance => null;

    public override void Obey() => _client.GiveUp();

    protected override void Proceed()
    {
        var request = _client.Request();
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"heartbeat of {request.MemberId} in {request.MemberEpoch} with {(request.ActiveTasks is null ? "the same" : _client.Works())}",
            async node =>
            {
                var result = await node.Groups.StreamsGroupHeartbeatAsync(World.Sabotage.Heard(request), new GroupClient(Name, "/10.0.0.1", 0));
                _application.Create(result.MissingTopics);
                return result.Response;
            },
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
            },
            mayRepeat: request.MemberEpoch > 0 && request.ActiveTasks is null);
    }

    protected override void Leave()
    {
        var farewell = _client.Farewell();
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"farewell of {farewell.MemberId}",
            async node => (await node.Groups.StreamsGroupHeartbeatAsync(farewell, new GroupClient(Name, "/10.0.0.1", 0))).Response,
            static response => response.ErrorCode,
            static _ => { });
    }

    protected override void Forget()
    {
        _client.Restart($"{Name}-{++_lives}");
        Move();
    }

    protected override void Vary()
    {
        if (_client.IsSlow)
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

    /// <summary>Into one of a few processes, each of which several members may be in.</summary>
    private void Move() => _client.Process = $"process {World.Random.Next(4)}";
}
