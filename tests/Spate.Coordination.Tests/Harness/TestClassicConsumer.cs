using Spate.Coordination.Groups.Consumer;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Tests.Harness;

/// <summary>
/// A client of the classic protocol as it is meant to be: beats, joins when it is told to, assigns when it leads, and gives up what it has
/// before it joins (or, when it is cooperative, what it was told to, and joins once more).
/// </summary>
internal sealed class TestClassicConsumer(Bench bench, string topic, bool isCooperative = false, string? instance = null)
{
    private Task<JoinGroupResponse>? _join;
    private Task<SyncGroupResponse>? _sync;
    private bool _mustJoin = true;

    public string Id { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    /// <summary>What it reads now.</summary>
    public PartitionSet Owned { get; private set; } = PartitionSet.Empty;

    /// <summary>The error that it was last told of.</summary>
    public ErrorCode LastError { get; private set; }

    public TestMember Member => new(Id, Generation, false, instance);

    /// <summary>Does the one thing that is to be done next.</summary>
    public void Step(Bench? elsewhere = null)
    {
        var at = elsewhere ?? bench;
        if (_join is { } join)
        {
            if (join.IsCompleted)
            {
                _join = null;
                Hear(at, Bench.Now(join));
            }
        }
        else if (_sync is { } sync)
        {
            if (sync.IsCompleted)
            {
                _sync = null;
                Hear(Bench.Now(sync));
            }
        }
        else if (_mustJoin)
        {
            Join(at);
        }
        else
        {
            LastError = at.Heartbeat(Member);
            Follow(LastError);
        }
    }

    public void Leave()
    {
        Bench.Now(bench.Leave((Id, instance)));
        Forget();
    }

    /// <summary>Forgets all, as a process that is started anew.</summary>
    public void Forget()
    {
        (Id, Generation, Owned, _mustJoin, _join, _sync) = ("", -1, PartitionSet.Empty, true, null, null);
    }

    private void Join(Bench at)
    {
        if (!isCooperative)
        {
            Owned = PartitionSet.Empty;
        }

        _join = at.Join(Id, version: 5, instance: instance, protocols: [isCooperative ? "cooperative-sticky" : "range"], metadata: Subscription());
    }

    private void Hear(Bench at, JoinGroupResponse response)
    {
        LastError = response.ErrorCode;
        Id = response.MemberId.Length > 0 ? response.MemberId : Id;
        if (response.ErrorCode != ErrorCode.None)
        {
            Follow(response.ErrorCode);
            return;
        }

        (Generation, _mustJoin) = (response.GenerationId, false);
        _sync = at.Coordinator.SyncGroupAsync(new SyncGroupRequest
        {
            GroupId = "g",
            MemberId = Id,
            GroupInstanceId = instance,
            GenerationId = Generation,
            Assignments = response.Leader == Id ? Assign([.. response.Members.Select(member => member.MemberId)]) : [],
        }).AsTask();
    }

    private void Hear(SyncGroupResponse response)
    {
        LastError = response.ErrorCode;
        if (response.ErrorCode != ErrorCode.None)
        {
            Follow(response.ErrorCode);
            return;
        }

        Assert.True(ConsumerAssignments.TryRead(response.Assignment, bench.Topics.Current, out var assigned, out _));
        _mustJoin = isCooperative && !Owned.Except(assigned).IsEmpty;
        Owned = assigned;
    }

    private void Follow(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress or ErrorCode.MemberIdRequired:
                _mustJoin = true;
                break;
            case ErrorCode.IllegalGeneration:
                (Owned, _mustJoin) = (PartitionSet.Empty, true);
                break;
            default:
                Forget();
                break;
        }
    }

    /// <summary>Each partition in turn; like every leader, it knows the topic's partitions.</summary>
    private List<SyncGroupRequest.SyncGroupRequestAssignment> Assign(List<string> members)
    {
        var described = bench.Topics.Current.Find(topic)!;
        return members.ConvertAll(memberId => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = memberId,
            Assignment = ConsumerAssignments.Write(
                PartitionSet.Of([(described.Id, Enumerable.Range(0, described.PartitionCount).Where(partition => partition % members.Count == members.IndexOf(memberId)))]),
                bench.Topics.Current,
                1),
        });
    }

    private byte[] Subscription()
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(1);
        new ConsumerProtocolSubscription
        {
            Topics = [topic],
            OwnedPartitions = Owned.IsEmpty ? [] : [new ConsumerProtocolSubscription.TopicPartition { Topic = topic, Partitions = [.. Owned.Of(bench.Topics.IdOf(topic))] }],
        }.Write(writer, 1);
        return Bench.Bytes(writer);
    }
}
