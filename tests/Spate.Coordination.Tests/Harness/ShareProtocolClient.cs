using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A member of a share group as it is meant to be: it says what it reads when it joins and when that has changed, and begins anew when it is fenced.</summary>
internal class ShareProtocolClient(string id, string group)
{
    private bool _saysAll = true;

    public string Id { get; private set; } = id;

    public int Epoch { get; private set; }

    /// <summary>What it fetches from now.</summary>
    public PartitionSet Assigned { get; private set; } = PartitionSet.Empty;

    public string[] Topics { get; private set; } = [];

    public void Subscribe(params string[] topics) => (Topics, _saysAll) = (topics, true);

    /// <summary>Forgets all, as a process that is started anew.</summary>
    public void Restart(string? newId = null)
    {
        Id = newId ?? Id;
        Epoch = 0;
        Assigned = PartitionSet.Empty;
        _saysAll = true;
    }

    public ShareGroupHeartbeatRequest Request() => new()
    {
        GroupId = group,
        MemberId = Id,
        MemberEpoch = Epoch,
        SubscribedTopicNames = Epoch == 0 || _saysAll ? [.. Topics] : null,
    };

    /// <summary>Takes an answer in.</summary>
    public void Hear(ShareGroupHeartbeatResponse response)
    {
        if (response.ErrorCode is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound)
        {
            Restart();
        }
        else if (response.ErrorCode == ErrorCode.None)
        {
            _saysAll = false;
            Epoch = response.MemberEpoch;
            Assigned = response.Assignment is { } assignment
                ? PartitionSet.Of(assignment.TopicPartitions.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)))
                : Assigned;
        }
    }

    /// <summary>Who has not heard what it was told says all, and so hears all.</summary>
    public void LoseAnswer() => _saysAll = true;

    /// <summary>What it says when it goes.</summary>
    public ShareGroupHeartbeatRequest Farewell() => new() { GroupId = group, MemberId = Id, MemberEpoch = -1 };

    /// <summary>What it fetches from, in words: a0 a1 b3.</summary>
    public string Reads(TestTopics topics) => Assigned.IsEmpty ? "nothing" : string.Join(' ', Assigned.ToPairs()
        .SelectMany(pair => pair.Partitions.Select(partition => $"{topics.NameOf(pair.Topic)}{partition}"))
        .Order(StringComparer.Ordinal));
}
