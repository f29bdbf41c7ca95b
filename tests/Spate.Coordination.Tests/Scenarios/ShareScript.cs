using System.Globalization;
using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// Plays a scenario of share groups that is written as a table: on each line what happens, and behind the bar what comes of it. Members are capital letters; topic a has
/// four partitions, b has two. A member that is fenced forgets what it knew.
/// </summary>
/// <remarks>
/// <c>A joins a,b</c> · <c>A beats</c> · <c>A subscribes b</c> · <c>A leaves</c> · <c>A restarts</c> · <c>all beat</c> (in turn, until nothing changes) ·
/// <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted [unseen]</c> · <c>the coordinator moves</c> · <c>the group is [deleted]</c> · <c>the log refuses|takes</c> ·
/// <c>the keeper refuses|serves|hangs|answers|knows</c> · <c>a is forgotten</c> · <c>a is set to 7</c>
/// </remarks>
internal sealed class ShareScript
{
    /// <summary>Rounds of heartbeats after which a group that has not settled never will.</summary>
    private const int RoundsMax = 20;

    private readonly SortedDictionary<string, TestShareMember> _members = new(StringComparer.Ordinal);
    private Bench _bench;

    private ShareScript()
    {
        _bench = new Bench();
        _bench.Topics.Set("a", 4);
        _bench.Topics.Set("b", 2);
    }

    /// <summary>Plays a table and gives back the same table with what really came of it.</summary>
    public static string Play(string table)
    {
        var script = new ShareScript();
        var played = new StringBuilder();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var what = line.Split('|')[0].TrimEnd();
            var heard = script.Do(what.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            played.Append(CultureInfo.InvariantCulture, $"{what.PadRight(line.IndexOf('|', StringComparison.Ordinal))}| {heard}\n");
        }

        Assert.Empty(script._bench.Breakages);
        return played.ToString();
    }

    private string Do(string[] words)
    {
        switch (words)
        {
            case [var seconds, "pass"]:
                _bench.Pass(double.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture));
                return "-";
            case ["the", "coordinator", "moves"]:
                Assert.True(_bench.Coordinator.UnloadAsync(0, 2).IsCompleted, "The coordinator should have let go.");
                _bench = _bench.TakeOver();
                return "-";
            case ["the", "log", var verdict]:
                _bench.Log.Verdict = verdict == "refuses" ? () => ErrorCode.NotEnoughReplicas : () => ErrorCode.None;
                return "-";
            case ["the", "keeper", "knows"]:
                return Known();
            case ["the", "keeper", var does]:
                Keep(does);
                return "-";
            case ["the", "group", "is", "deleted"]:
                var deletion = _bench.Delete();
                return deletion.IsCompleted ? Bench.Now(deletion).ToString() : "waits";
            case ["the", "group", "is"]:
                var group = _bench.DescribeShares();
                return group.ErrorCode == ErrorCode.None ? $"{group.GroupState} in {group.GroupEpoch}" : group.ErrorCode.ToString();
            case ["all", "beat"]:
                return BeatAll();
            case [var topic, "has", var count, "partitions"]:
                _bench.Topics.Set(topic, int.Parse(count, CultureInfo.InvariantCulture));
                return "-";
            case [var topic, "is", "deleted", .. var how]:
                _bench.Topics.Delete(topic);
                return how is ["unseen"] ? "-" : Bench.Now(_bench.Coordinator.ForgetTopicsAsync([topic]).AsTask()).ToString();
            case [var topic, "is", "forgotten"]:
                var forgotten = Bench.Now(_bench.Coordinator.ShareGroups.DeleteOffsetsAsync(new DeleteShareGroupOffsetsRequest { GroupId = "g", Topics = [new() { TopicName = topic }] }).AsTask());
                return forgotten.ErrorCode == ErrorCode.None ? Assert.Single(forgotten.Responses).ErrorCode.ToString() : forgotten.ErrorCode.ToString();
            case [var topic, "is", "set", "to", var offset]:
                return Set(topic, long.Parse(offset, CultureInfo.InvariantCulture));
            case [var name, "joins" or "subscribes", var topics]:
                Member(name).Subscribe(topics == "nothing" ? [] : topics.Split(','));
                return Say(name, Member(name).Beat(_bench));
            case [var name, "beats"]:
                return Say(name, Member(name).Beat(_bench));
            case [var name, "leaves"]:
                var left = Member(name).Leave(_bench);
                _members.Remove(name);
                return $"{name} {left}";
            case [var name, "restarts"]:
                Member(name).Restart();
                return "-";
            default:
                throw new FormatException($"'{string.Join(' ', words)}' is not a line of a scenario.");
        }
    }

    private void Keep(string does)
    {
        switch (does)
        {
            case "refuses":
                _bench.Keeper.Verdict = (_, _) => ErrorCode.NotCoordinator;
                break;
            case "serves":
                _bench.Keeper.Verdict = (_, _) => ErrorCode.None;
                break;
            case "hangs":
                _bench.Keeper.Hangs = true;
                break;
            case "answers":
                _bench.Keeper.Release();
                break;
            default:
                throw new FormatException($"A keeper does not do '{does}'.");
        }
    }

    private string Set(string topic, long offset)
    {
        var count = _bench.Topics.Current.Find(topic)?.PartitionCount ?? 1;
        var request = new AlterShareGroupOffsetsRequest
        {
            GroupId = "g",
            Topics =
            [
                new()
                {
                    TopicName = topic,
                    Partitions = [.. Enumerable.Range(0, count).Select(partition => new AlterShareGroupOffsetsRequest.PartitionOffset { PartitionIndex = partition, StartOffset = offset })],
                },
            ],
        };
        var response = Bench.Now(_bench.Coordinator.ShareGroups.AlterOffsetsAsync(request).AsTask());
        return response.ErrorCode != ErrorCode.None
            ? response.ErrorCode.ToString()
            : string.Join(' ', response.Responses.SelectMany(each => each.Partitions.Select(one => one.ErrorCode)).Distinct());
    }

    private string Known() => _bench.Keeper.States.Count == 0
        ? "nothing"
        : string.Join(' ', _bench.Keeper.States.Select(pair => $"{_bench.Topics.NameOf(pair.Key.Topic)}{pair.Key.Partition}={pair.Value.Start}/{pair.Value.Epoch}").Order(StringComparer.Ordinal));

    private string BeatAll()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var before = Snapshot();
            foreach (var (name, member) in _members)
            {
                var response = member.Beat(_bench);
                if (response.ErrorCode != ErrorCode.None)
                {
                    return $"{name} {response.ErrorCode}";
                }
            }

            if (Snapshot() == before)
            {
                return before;
            }
        }

        return $"never settles: {Snapshot()}";
    }

    private string Snapshot() => string.Join("; ", _members.Select(pair => $"{pair.Key} {pair.Value.Epoch}: {pair.Value.Reads(_bench.Topics)}"));

    private string Say(string name, ShareGroupHeartbeatResponse response) =>
        response.ErrorCode != ErrorCode.None ? $"{name} {response.ErrorCode}"
        : response.Assignment is null ? $"{name} {response.MemberEpoch}"
        : $"{name} {response.MemberEpoch}: {_members[name].Reads(_bench.Topics)}";

    private TestShareMember Member(string name)
    {
        if (!_members.TryGetValue(name, out var member))
        {
            member = new TestShareMember(name);
            _members.Add(name, member);
        }

        return member;
    }
}
