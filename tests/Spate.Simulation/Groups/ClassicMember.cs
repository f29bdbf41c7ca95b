using Spate.Coordination;
using Spate.Coordination.Groups.Consumer;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>
/// A member that speaks the classic protocol: an eager one gives up all before it joins, a cooperative one only what it was told to, and joins once
/// more then.
/// </summary>
internal sealed class ClassicMember : GroupMember
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(40);
    private readonly bool _isCooperative;
    private readonly string? _instance;
    private string[] _topics = ["a"];
    private string _memberId = "";
    private int _generation = -1;
    private PartitionSet _owned = PartitionSet.Empty;
    private bool _mustJoin = true;

    public ClassicMember(World world, string groupId, string name, bool isCooperative)
        : base(world, groupId, name)
    {
        _isCooperative = isCooperative;
        _instance = world.Random.Next(3) == 0 ? "i-" + name : null;
    }

    public override string MemberId => _memberId;

    public override int Epoch => _generation;

    public override PartitionSet Owned => _owned;

    protected override short CommitVersion => 7;

    protected override string? Instance => _instance;

    /// <summary>It joins once more, so that who leads sees all topics as they are.</summary>
    public override void Obey() => _mustJoin = true;

    protected override void Proceed()
    {
        if (_mustJoin)
        {
            Join();
            return;
        }

        var request = new HeartbeatRequest { GroupId = GroupId, MemberId = _memberId, GenerationId = _generation, GroupInstanceId = _instance };
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"heartbeat of {request.MemberId} in {request.GenerationId}",
            node => node.Groups.HeartbeatAsync(request),
            static response => response.ErrorCode,
            response => Go(response?.ErrorCode));
    }

    protected override void Leave()
    {
        if (_instance is not null && World.Random.Next(2) == 0)
        {
            // A static member says nothing when it is to be back soon.
            return;
        }

        var request = new LeaveGroupRequest { GroupId = GroupId, Members = [new() { MemberId = _memberId, GroupInstanceId = _instance }] };
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"{request.Members[0].MemberId} leaves",
            node => node.Groups.LeaveGroupAsync(request, new GroupClient(Name, "/10.0.0.1", 5)),
            static response => response.ErrorCode,
            static _ => { });
    }

    protected override void Forget() => (_memberId, _generation, _owned, _mustJoin) = ("", -1, PartitionSet.Empty, true);

    protected override void Vary()
    {
        _topics = [.. new[] { "a", "b", "c" }.Where(_ => World.Random.Next(2) == 0).DefaultIfEmpty("a")];
        _mustJoin = true;
    }

    protected override void Heard(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.RebalanceInProgress or ErrorCode.MemberIdRequired:
                _mustJoin = true;
                break;
            case ErrorCode.IllegalGeneration:
                (_owned, _generation, _mustJoin) = (PartitionSet.Empty, -1, true);
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.InconsistentGroupProtocol or ErrorCode.GroupIdNotFound:
                Forget();
                break;
        }
    }

    private void Go(ErrorCode? error)
    {
        if (error is { } told)
        {
            Heard(told);
        }

        Next();
    }

    private void Join()
    {
        if (!_isCooperative)
        {
            _owned = PartitionSet.Empty;
            LetGo();
        }

        var request = new JoinGroupRequest
        {
            GroupId = GroupId,
            MemberId = _memberId,
            GroupInstanceId = _instance,
            SessionTimeoutMs = 10_000,
            RebalanceTimeoutMs = 20_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = ClassicAssignment.ProtocolOf(_isCooperative), Metadata = ClassicAssignment.Subscription(_topics, _owned, _generation, World.Topics.Current) }],
        };
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"join of {request.MemberId}",
            node => node.Groups.JoinGroupAsync(request, new GroupClient(Name, "/10.0.0.1", 5)),
            static response => response.ErrorCode,
            response =>
            {
                _memberId = response is { ErrorCode: ErrorCode.None or ErrorCode.MemberIdRequired } ? response.MemberId : _memberId;
                if (response is { ErrorCode: ErrorCode.None })
                {
                    Sync(response);
                }
                else
                {
                    Go(response?.ErrorCode);
                }
            },
            JoinPatience);
    }

    private void Sync(JoinGroupResponse joined)
    {
        _generation = joined.GenerationId;
        var request = new SyncGroupRequest
        {
            GroupId = GroupId,
            MemberId = _memberId,
            GroupInstanceId = _instance,
            GenerationId = _generation,
            Assignments = joined.Leader == _memberId ? ClassicAssignment.Assign(joined.Members, World.Topics.Current) : [],
        };
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"sync of {request.MemberId} in {request.GenerationId}",
            node => node.Groups.SyncGroupAsync(request),
            static response => response.ErrorCode,
            response =>
            {
                if (response is { ErrorCode: ErrorCode.None } && ConsumerAssignments.TryRead(response.Assignment, World.Topics.Current, out var assigned, out _))
                {
                    _mustJoin = _isCooperative && !_owned.Except(assigned).IsEmpty;
                    _owned = assigned;
                }

                Go(response?.ErrorCode);
            },
            JoinPatience);
    }
}
