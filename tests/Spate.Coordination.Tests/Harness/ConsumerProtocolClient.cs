using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>
/// A client of the consumer protocol as it is meant to be: it says all when it joins and afterwards what has changed, gives partitions up
/// before it says so, and begins anew when it is fenced.
/// </summary>
internal class ConsumerProtocolClient(string id, string group)
{
    private bool _saysAll = true;
    private PartitionSet? _said;
    private PartitionSet _told = PartitionSet.Empty;

    public string Id { get; private set; } = id;

    public string Group { get; } = group;

    public int Epoch { get; private set; }

    /// <summary>What it reads now.</summary>
    public PartitionSet Owned { get; private set; } = PartitionSet.Empty;

    public string? InstanceId { get; set; }

    public string? Rack { get; set; }

    public string? Assignor { get; set; }

    public string[]? Topics { get; private set; } = [];

    public string? Regex { get; private set; }

    public int RebalanceTimeoutMs { get; set; } = 60_000;

    /// <summary>A slow one does not give up what it is told to.</summary>
    public bool IsSlow { get; set; }

    public void Subscribe(params string[] topics) => (Topics, _saysAll) = (topics, true);

    public void SubscribeTo(string regex) => (Topics, Regex, _saysAll) = (null, regex, true);

    /// <summary>Forgets all, as a process that is started anew; a static member keeps its instance.</summary>
    public void Restart(string? newId = null)
    {
        Id = newId ?? Id;
        Reset();
    }

    public ConsumerGroupHeartbeatRequest Request()
    {
        var isJoining = Epoch == 0;
        var saysOwned = isJoining || !Owned.Equals(_said);
        var all = isJoining || _saysAll;
        return new ConsumerGroupHeartbeatRequest
        {
            GroupId = Group,
            MemberId = Id,
            MemberEpoch = Epoch,
            InstanceId = InstanceId,
            RackId = all ? Rack : null,
            RebalanceTimeoutMs = all ? RebalanceTimeoutMs : -1,
            SubscribedTopicNames = all ? Topics?.ToList() : null,
            SubscribedTopicRegex = all ? Regex : null,
            ServerAssignor = all ? Assignor : null,
            TopicPartitions = saysOwned || all
                ? [.. Owned.ToPairs().Select(pair => new ConsumerGroupHeartbeatRequest.OwnedTopic { TopicId = pair.Topic, Partitions = [.. pair.Partitions] })]
                : null,
        };
    }

    /// <summary>Who has not heard what it was told says all, and so hears all.</summary>
    public void LoseAnswer() => (_said, _saysAll) = (null, true);

    /// <summary>Takes an answer in.</summary>
    public void Hear(ConsumerGroupHeartbeatResponse response)
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
        _saysAll = false;
        Epoch = response.MemberEpoch;
        if (response.Assignment is { } assignment)
        {
            _told = PartitionSet.Of(assignment.TopicPartitions.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)));
            Owned = IsSlow ? Owned.Union(_told) : _told;
        }
    }

    /// <summary>Gives up what it held on to.</summary>
    public void GiveUp() => (IsSlow, Owned) = (false, _told);

    /// <summary>What it says when it goes: -1 for good, -2 when a static member will be back.</summary>
    public ConsumerGroupHeartbeatRequest Farewell(int epoch) => new() { GroupId = Group, MemberId = Id, InstanceId = InstanceId, MemberEpoch = epoch };

    /// <summary>What it reads, in words: a0 a1 b3.</summary>
    public string Reads(TestTopics topics) =>
        Owned.IsEmpty ? "nothing" : string.Join(' ', Owned.ToPairs()
            .SelectMany(pair => pair.Partitions.Select(partition => $"{topics.NameOf(pair.Topic)}{partition}"))
            .Order(StringComparer.Ordinal));

    protected void Reset()
    {
        Epoch = 0;
        Owned = PartitionSet.Empty;
        _told = PartitionSet.Empty;
        _said = null;
        _saysAll = true;
    }
}
