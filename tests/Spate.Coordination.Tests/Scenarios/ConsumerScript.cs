using System.Globalization;
using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// Plays a scenario of the consumer protocol that is written as a table: on each line what happens, and behind the bar what comes of it.
/// Members are capital letters; topic a has four partitions, b has two. A member that is fenced forgets what it knew.
/// </summary>
/// <remarks>
/// <c>A joins a,b [as instance] [by range] [slowly] [matching regex] [in rack]</c> · <c>A beats</c> · <c>A subscribes b</c> · <c>A leaves [for a while]</c> ·
/// <c>A restarts [anew]</c> · <c>A gives up</c> · <c>all beat</c> (in turn, until nothing changes) · <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted</c> ·
/// <c>the coordinator moves</c> · <c>the group is</c>
/// </remarks>
internal sealed class ConsumerScript
{
    /// <summary>Rounds of heartbeats after which a group that has not settled never will.</summary>
    private const int RoundsMax = 20;

    private readonly SortedDictionary<string, TestConsumer> _members = new(StringComparer.Ordinal);
    private Bench _bench;

    private ConsumerScript()
    {
        _bench = new Bench();
        _bench.Topics.Set("a", 4);
        _bench.Topics.Set("b", 2);
    }

    /// <summary>Plays a table and gives back the same table with what really came of it.</summary>
    public static string Play(string table)
    {
        var script = new ConsumerScript();
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
                _bench = _bench.TakeOver();
                return "-";
            case ["the", "group", "is"]:
                var group = _bench.DescribeConsumer();
                return group.ErrorCode == ErrorCode.None ? $"{group.GroupState} in {group.GroupEpoch}" : group.ErrorCode.ToString();
            case ["all", "beat"]:
                return BeatAll();
            case [var topic, "has", var count, "partitions"]:
                _bench.Topics.Set(topic, int.Parse(count, CultureInfo.InvariantCulture));
                return "-";
            case [var topic, "is", "deleted"]:
                _bench.Topics.Delete(topic);
                return "-";
            case [var name, "joins", var topics, .. var options]:
                return Join(name, topics, options);
            case [var name, "beats"]:
                return Say(name, Member(name).Beat(_bench));
            case [var name, "subscribes", var topics]:
                Member(name).Subscribe(topics.Split(','));
                return Say(name, Member(name).Beat(_bench));
            case [var name, "leaves"]:
                return $"{name} {Leave(name, -1)}";
            case [var name, "leaves", "for", "a", "while"]:
                return $"{name} {Leave(name, -2)}";
            case [var name, "restarts"]:
                Member(name).Restart();
                return "-";
            case [var name, "restarts", "anew"]:
                Member(name).Restart(Member(name).Id + "'");
                return "-";
            case [var name, "gives", "up"]:
                Member(name).GiveUp();
                return Say(name, Member(name).Beat(_bench));
            default:
                throw new FormatException($"'{string.Join(' ', words)}' is not a line of a scenario.");
        }
    }

    private string Join(string name, string topics, string[] options)
    {
        var member = Member(name);
        member.Subscribe(topics == "nothing" ? [] : topics.Split(','));
        for (var index = 0; index < options.Length; index++)
        {
            switch (options[index])
            {
                case "as":
                    member.InstanceId = options[++index];
                    break;
                case "by":
                    member.Assignor = options[++index];
                    break;
                case "in":
                    member.Rack = options[++index];
                    break;
                case "matching":
                    member.SubscribeTo(options[++index]);
                    break;
                case "slowly":
                    member.IsSlow = true;
                    break;
                default:
                    throw new FormatException($"'{options[index]}' says nothing about a join.");
            }
        }

        return Say(name, member.Beat(_bench));
    }

    private ErrorCode Leave(string name, int epoch)
    {
        var member = Member(name);
        var response = Bench.Now(_bench.Beat(new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = member.Id,
            InstanceId = member.InstanceId,
            MemberEpoch = epoch,
        }));
        member.Restart();
        if (epoch == -1)
        {
            _members.Remove(name);
        }

        return response.ErrorCode;
    }

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

    private string Say(string name, ConsumerGroupHeartbeatResponse response)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            return $"{name} {response.ErrorCode}";
        }

        return response.Assignment is null ? $"{name} {response.MemberEpoch}" : $"{name} {response.MemberEpoch}: {_members[name].Reads(_bench.Topics)}";
    }

    private TestConsumer Member(string name)
    {
        if (!_members.TryGetValue(name, out var member))
        {
            member = new TestConsumer(_bench, name);
            _members.Add(name, member);
        }

        return member;
    }
}
