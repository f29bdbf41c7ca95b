using System.Globalization;
using System.Text;
using Spate.Coordination.Tests.Harness;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// Plays a scenario that is written as a table: on each line what happens, and behind the bar what the members hear of it at once. Members
/// are capital letters; topic a has four partitions, b has two. Whoever leads a round assigns by ranges.
/// </summary>
/// <remarks>
/// <c>A joins a,b [by range,roundrobin] [as instance] [within 20s] [v9]</c> · <c>A syncs</c> · <c>A beats</c> · <c>A leaves</c> · <c>A restarts</c> (knows
/// nothing any more) · <c>A commits a0=5</c> · <c>5s pass</c> · <c>the coordinator moves</c> · <c>nothing</c>
/// </remarks>
internal sealed class GroupScript
{
    private static readonly Dictionary<string, int> PartitionsOf = new(StringComparer.Ordinal) { ["a"] = 4, ["b"] = 2 };

    private readonly SortedDictionary<string, ScriptedMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _heard = [];
    private Bench _bench = new();

    /// <summary>Plays a table and gives back the same table with what was really heard.</summary>
    public static string Play(string table)
    {
        var script = new GroupScript();
        var played = new StringBuilder();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var what = line.Split('|')[0].TrimEnd();
            script.Do(what.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            played.Append(CultureInfo.InvariantCulture, $"{what.PadRight(line.IndexOf('|', StringComparison.Ordinal))}| {script.TakeHeard()}\n");
        }

        Assert.Empty(script._bench.Breakages);
        return played.ToString();
    }

    private void Do(string[] words)
    {
        switch (words)
        {
            case [var seconds, "pass"]:
                _bench.Pass(double.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture));
                break;
            case ["the", "coordinator", "moves"]:
                _bench = _bench.TakeOver();
                break;
            case ["the", "group", "is"]:
                _heard.Add(Bench.Now(_bench.State()));
                break;
            case [var name, "joins", var topics, .. var options]:
                Join(Member(name), topics.Split(','), options);
                break;
            case [var name, "syncs"]:
                Member(name).Waits(_bench.Sync(Known(name), assignments: Assign(Member(name))));
                break;
            case [var name, "beats"]:
                _heard.Add($"{name} {_bench.Heartbeat(Known(name))}");
                break;
            case [var name, "leaves"]:
                var left = Bench.Now(_bench.Leave((Member(name).InstanceId is null ? Member(name).Id : "", Member(name).InstanceId)));
                _heard.Add($"{name} {Assert.Single(left.Members).ErrorCode}");
                break;
            case [var name, "restarts"]:
                Member(name).Restart();
                break;
            case [var name, "commits", var what]:
                var commit = _bench.Commit(Known(name), topic: what[..1], partition: what[1] - '0', offset: long.Parse(what[3..], CultureInfo.InvariantCulture));
                _heard.Add($"{name} {Bench.Only(Bench.Now(commit))}");
                break;
            case [var partition, "is", "committed"]:
                _heard.Add(Bench.Now(_bench.Committed(topic: partition![..1], partition: partition[1] - '0')).ToString(CultureInfo.InvariantCulture));
                break;
            default:
                throw new FormatException($"'{string.Join(' ', words)}' is not a line of a scenario.");
        }
    }

    private void Join(ScriptedMember member, string[] topics, string[] options)
    {
        string[] protocols = ["range"];
        var session = 10_000;
        short? version = null;
        for (var index = 0; index < options.Length; index++)
        {
            switch (options[index])
            {
                case "by":
                    protocols = options[++index].Split(',');
                    break;
                case "as":
                    member.InstanceId = options[++index];
                    break;
                case "within":
                    session = 1000 * int.Parse(options[++index].TrimEnd('s'), CultureInfo.InvariantCulture);
                    break;
                case ['v', .. var digits]:
                    version = short.Parse(digits, CultureInfo.InvariantCulture);
                    break;
                default:
                    throw new FormatException($"'{options[index]}' says nothing about a join.");
            }
        }

        var ofStaticMembers = member.InstanceId is null ? (short)3 : (short)5;
        member.Waits(_bench.Join(
            member.Id, version: version ?? ofStaticMembers, instance: member.InstanceId, session: session, protocols: protocols, metadata: Bench.Subscription(topics)));
    }

    private string TakeHeard()
    {
        foreach (var member in _members.Values)
        {
            member.LearnId();
            _names[member.Id] = member.Name;
        }

        _names.Remove("");
        foreach (var member in _members.Values)
        {
            _heard.AddRange(member.Heard(id => _names.GetValueOrDefault(id, id)));
        }

        var text = _heard.Count == 0 ? "-" : string.Join("; ", _heard);
        _heard.Clear();
        return text;
    }

    /// <summary>Ranges: each topic's partitions in order, as even as can be, to those who subscribed to it, in the order of their names.</summary>
    private Dictionary<string, string> Assign(ScriptedMember leader)
    {
        var parts = (leader.Led ?? []).ToDictionary(member => member.MemberId, _ => new List<string>(), StringComparer.Ordinal);
        foreach (var (topic, count) in PartitionsOf)
        {
            var readers = (leader.Led ?? []).Where(member => member.Topics.Contains(topic)).Select(member => member.MemberId)
                .OrderBy(id => _names.GetValueOrDefault(id, id), StringComparer.Ordinal).ToList();
            for (var partition = 0; readers.Count > 0 && partition < count; partition++)
            {
                parts[readers[partition * readers.Count / count]].Add($"{topic}{partition}");
            }
        }

        return parts.ToDictionary(part => part.Key, part => string.Join(' ', part.Value), StringComparer.Ordinal);
    }

    private ScriptedMember Member(string name)
    {
        if (!_members.TryGetValue(name, out var member))
        {
            _members[name] = member = new ScriptedMember(name);
        }

        return member;
    }

    private TestMember Known(string name) => new(Member(name).Id, Member(name).Generation, false, Member(name).InstanceId);
}
