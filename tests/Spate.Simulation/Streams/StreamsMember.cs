using Spate.Coordination;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>An instance of a streams application (KIP-1071): has tasks, and reads what they read.</summary>
internal sealed class StreamsMember : GroupMember
{
    private readonly StreamsProtocolClient _client;
    private readonly StreamsApplication _application;
    private readonly bool _tells;
    private int _lives;

    public StreamsMember(World world, string groupId, string name, StreamsApplication application, bool tells)
        : base(world, groupId, name)
    {
        _application = application;
        _tells = tells;
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

    /// <summary>Whether it tells how far it has the state of tasks.</summary>
    public bool Tells => _tells;

    protected override short CommitVersion => 9;

    protected override string? Instance => null;

    public override void Obey() => _client.GiveUp();

    protected override void Proceed()
    {
        Restore();
        var request = _client.Request();
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"heartbeat of {request.MemberId} in {request.MemberEpoch} with {(request.ActiveTasks is null ? "the same" : _client.Works())}{Told(request)}",
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
            mayRepeat: request.MemberEpoch > 0 && request.ActiveTasks is null && request.TaskOffsets is null);
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

    private static string Told(StreamsGroupHeartbeatRequest request) =>
        request.TaskOffsets is null ? "" : $", lacking {string.Join(' ', request.TaskOffsets.Zip(request.TaskEndOffsets!, (told, end) => $"{told.SubtopologyId}{told.Partition}:{end.Offset - told.Offset}"))}";

    /// <summary>Goes on with the state of what it has, and tells now and then what lies on the disk of its process.</summary>
    private void Restore()
    {
        var held = Tasks.Active.Union(Tasks.Standby).Union(Tasks.Warmup).ToPairs().SelectMany(part => part.Partitions.Select(partition => new TaskId(part.Topic, partition)));
        _application.Disks.Restore(_client.Process, held.Where(_application.KeepsState));
        if (_tells)
        {
            _client.Lags = new SortedDictionary<TaskId, long>(_application.Disks.On(_client.Process).Where(pair => _application.KeepsState(pair.Key)).ToDictionary(), TaskId.Order);
            if (World.Random.Next(2) == 0)
            {
                _client.Tell();
            }
        }
    }

    /// <summary>Into one of a few processes, each of which several members may be in.</summary>
    private void Move() => _client.Process = _application.Disks.Choose();
}
