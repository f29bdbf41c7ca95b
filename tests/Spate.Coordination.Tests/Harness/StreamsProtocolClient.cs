using Spate.Coordination.Groups.Streams;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>
/// An instance of a streams application as it is meant to be: it says all when it joins and afterwards what has changed, gives tasks up before
/// it says so, and begins anew when it is fenced.
/// </summary>
internal class StreamsProtocolClient(string id, string group)
{
    /// <summary>Where all changelogs end, whatever is written.</summary>
    private const long End = 1_000_000;

    private TaskAssignment? _said;
    private bool _isToTell = true;
    private TaskAssignment _told = TaskAssignment.Empty;

    public string Id { get; private set; } = id;

    public string Process { get; set; } = id;

    public int Epoch { get; private set; }

    /// <summary>What it works on now.</summary>
    public TaskAssignment Owned { get; private set; } = TaskAssignment.Empty;

    public StreamsGroupHeartbeatRequest.StreamsTopology Topology { get; set; } = Applications.Named("plain");

    public StreamsGroupHeartbeatRequest.Endpoint? Endpoint { get; set; }

    public int RebalanceTimeoutMs { get; set; } = 60_000;

    /// <summary>A slow one does not give up what it is told to.</summary>
    public bool IsSlow { get; set; }

    public bool AsksForStop { get; set; }

    /// <summary>How much it lacks of the state of which tasks; null for an instance that does not tell.</summary>
    public SortedDictionary<TaskId, long>? Lags { get; set; }

    /// <summary>What it knows of where state can be asked for.</summary>
    public int EndpointEpoch { get; private set; } = -1;

    /// <summary>Where state can be asked for, as it was last told.</summary>
    public List<StreamsGroupHeartbeatResponse.EndpointPartitions>? Endpoints { get; private set; }

    /// <summary>It tells how far it has state, with what it says next.</summary>
    public void Tell() => _isToTell = true;

    /// <summary>Forgets all, as a process that is started anew.</summary>
    public void Restart(string? newId = null)
    {
        Id = newId ?? Id;
        Reset();
    }

    public StreamsGroupHeartbeatRequest Request()
    {
        var isJoining = Epoch == 0;
        var saysOwned = isJoining || Owned != _said;
        var told = isJoining || _isToTell ? Lags : null;
        return new StreamsGroupHeartbeatRequest
        {
            GroupId = group,
            MemberId = Id,
            MemberEpoch = Epoch,
            EndpointInformationEpoch = EndpointEpoch,
            RebalanceTimeoutMs = isJoining ? RebalanceTimeoutMs : -1,
            Topology = isJoining ? Topology : null,
            ProcessId = isJoining ? Process : null,
            UserEndpoint = isJoining ? Endpoint : null,
            ClientTags = isJoining ? [] : null,
            ActiveTasks = saysOwned ? ToList(Owned.Active) : null,
            StandbyTasks = saysOwned ? ToList(Owned.Standby) : null,
            WarmupTasks = saysOwned ? ToList(Owned.Warmup) : null,
            TaskOffsets = told?.Select(pair => Offset(pair.Key, End - pair.Value)).ToList(),
            TaskEndOffsets = told?.Select(pair => Offset(pair.Key, End)).ToList(),
            ShutdownApplication = AsksForStop,
        };
    }

    /// <summary>Who has not heard what it was told says what it has, and tells again.</summary>
    public void LoseAnswer() => (_said, _isToTell) = (null, true);

    /// <summary>Takes an answer in.</summary>
    public void Hear(StreamsGroupHeartbeatResponse response)
    {
        if (response.ErrorCode is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId)
        {
            Reset();
            return;
        }

        if (response.ErrorCode != ErrorCode.None)
        {
            LoseAnswer();
            return;
        }

        _said = Owned;
        _isToTell = false;
        Epoch = response.MemberEpoch;
        EndpointEpoch = response.EndpointInformationEpoch;
        Endpoints = response.PartitionsByUserEndpoint ?? Endpoints;
        if (response.ActiveTasks is { } active)
        {
            _told = new TaskAssignment(ToSet(active), ToSet(response.StandbyTasks!), ToSet(response.WarmupTasks!));
            Owned = IsSlow ? Owned.Union(_told) : _told;
        }
    }

    /// <summary>Gives up what it held on to.</summary>
    public void GiveUp() => (IsSlow, Owned) = (false, _told);

    /// <summary>What it says when it goes.</summary>
    public StreamsGroupHeartbeatRequest Farewell() => new() { GroupId = group, MemberId = Id, MemberEpoch = -1 };

    /// <summary>What it works on, in words: c0 c1 ~c3 ^c4, the last but one a copy, and the last one being warmed up.</summary>
    public string Works() => Owned.IsEmpty ? "nothing" : string.Join(' ', [.. Names(Owned.Active, ""), .. Names(Owned.Standby, "~"), .. Names(Owned.Warmup, "^")]);

    private static IEnumerable<string> Names(TaskSet tasks, string mark) => tasks.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => $"{mark}{pair.Topic}{partition}"));

    private static StreamsGroupHeartbeatRequest.TaskOffset Offset(TaskId task, long offset) => new() { SubtopologyId = task.Subtopology, Partition = task.Partition, Offset = offset };

    private static List<StreamsGroupHeartbeatRequest.TaskIds> ToList(TaskSet tasks) =>
        [.. tasks.ToPairs().Select(pair => new StreamsGroupHeartbeatRequest.TaskIds { SubtopologyId = pair.Topic, Partitions = [.. pair.Partitions] })];

    private static TaskSet ToSet(List<StreamsGroupHeartbeatResponse.TaskIds> tasks) =>
        TaskSet.Of(tasks.Select(each => (each.SubtopologyId, (IEnumerable<int>)each.Partitions)));

    private void Reset()
    {
        Epoch = 0;
        EndpointEpoch = -1;
        Owned = TaskAssignment.Empty;
        _told = TaskAssignment.Empty;
        _said = null;
    }
}
