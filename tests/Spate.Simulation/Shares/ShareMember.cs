using Spate.Coordination;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>
/// A member of a share group (KIP-932): says that it is there and hears what to read; takes records of that and, sooner or later, says what became of them, or never does. Now and
/// then it leaves, dies, hangs, or comes back as another.
/// </summary>
internal sealed class ShareMember : Client
{
    private readonly string _groupId;
    private readonly SharedTopics _topics;
    private readonly ShareProtocolClient _client;
    private readonly Queue<(ShareLeader Leader, AcquiredRange Range)> _held = new();
    private int _lives;

    public ShareMember(World world, string groupId, string name, SharedTopics topics)
        : base(world, name)
    {
        (_groupId, _topics) = (groupId, topics);
        _client = new ShareProtocolClient(name, groupId);
        Subscribe();
    }

    public string MemberId => _client.Id;

    public PartitionSet Assigned => _client.Assigned;

    public void Start()
    {
        After(World.Between(0, 2000), Live);
        After(World.Between(0, 2000), Work);
    }

    /// <summary>It reads whatever there is.</summary>
    public void Obey() => _client.Subscribe([.. SharedTopics.Names]);

    private void Subscribe() => _client.Subscribe([.. SharedTopics.Names.Where(_ => World.Random.Next(3) > 0).DefaultIfEmpty(SharedTopics.Names[0])]);

    private void Live()
    {
        switch (World.Weather.IsCalm ? 99 : World.Random.Next(100))
        {
            case 0:
                Leave();
                Down(World.Between(0, 10_000));
                break;
            case 1:
                Down(World.Between(0, 30_000));
                break;
            case 2:
                After(World.Between(0, 20_000), Live);
                break;
            case < 6:
                Subscribe();
                Beat();
                break;
            default:
                Beat();
                break;
        }
    }

    private void Beat()
    {
        var request = _client.Request();
        Ask(
            InternalTopic.Offsets,
            _groupId,
            () => $"heartbeat of {request.MemberId} in {request.MemberEpoch}",
            node => node.Groups.ShareGroups.HeartbeatAsync(request, new GroupClient(Name, "/10.0.0.1", 1)),
            static response => response.ErrorCode,
            response =>
            {
                if (response is { ErrorCode: ErrorCode.None or ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound })
                {
                    _client.Hear(response);
                }
                else
                {
                    _client.LoseAnswer();
                }

                World.Watch.Touch(_groupId);
                After(World.Between(100, 1500), Live);
            },
            mayRepeat: true);
    }

    private void Leave()
    {
        var farewell = _client.Farewell();
        Ask(
            InternalTopic.Offsets,
            _groupId,
            () => $"farewell of {farewell.MemberId}",
            node => node.Groups.ShareGroups.HeartbeatAsync(farewell, new GroupClient(Name, "/10.0.0.1", 1)),
            static response => response.ErrorCode,
            static _ => { },
            mayRepeat: true);
    }

    /// <summary>What it holds is left to the locks.</summary>
    private void Down(TimeSpan duration)
    {
        Die();
        _held.Clear();
        _client.Restart($"{Name}-{++_lives}");
        World.Agenda.Put(duration, () => $"{Name} is started anew", Start);
    }

    private void Next() => After(World.Between(20, 600), Work);

    private void Work()
    {
        if (!World.Weather.IsCalm && World.Random.Next(60) == 0)
        {
            // It hangs, and what it holds is left to the locks.
            _held.Clear();
            After(World.Between(0, 10_000), Work);
        }
        else if (_held.Count > 0 && World.Random.Next(4) > 0)
        {
            Acknowledge();
        }
        else
        {
            Acquire();
        }
    }

    private void Acquire()
    {
        List<SharedPartition> partitions = [.. Assigned.ToPairs().SelectMany(topic => topic.Partitions.Select(partition => _topics.Find(topic.Topic, partition))).OfType<SharedPartition>()];
        if (partitions.Count == 0 || World.Pick(partitions).Leader is not { } leader)
        {
            Next();
            return;
        }

        var memberId = MemberId;
        World.Network.Call<IReadOnlyList<AcquiredRange>>(
            Name,
            leader.Node,
            () => $"share fetch from {leader}",
            _ => ValueTask.FromResult(leader.Acquire(memberId, World.Random.Next(1, 12), (AcquireMode)World.Random.Next(2))),
            ranges =>
            {
                if (memberId != MemberId)
                {
                    // Another process has asked.
                    return;
                }

                foreach (var range in ranges ?? [])
                {
                    _held.Enqueue((leader, range));
                }

                Next();
            });
    }

    private void Acknowledge()
    {
        var (leader, range) = _held.Dequeue();
        var memberId = MemberId;
        var type = World.Weather.IsCalm ? AcknowledgeType.Accept : World.Random.Next(8) switch
        {
            0 => AcknowledgeType.Release,
            1 => AcknowledgeType.Reject,
            2 => AcknowledgeType.Renew,
            _ => AcknowledgeType.Accept,
        };
        World.Network.Call<object>(
            Name,
            leader.Node,
            () => $"{type} {range.First} to {range.Last} at {leader}",
            async _ => await leader.AcknowledgeAsync(memberId, range, type),
            error =>
            {
                if (memberId != MemberId)
                {
                    return;
                }

                if (type == AcknowledgeType.Renew && (ErrorCode?)error == ErrorCode.None)
                {
                    _held.Enqueue((leader, range));
                }

                Next();
            });
    }
}
