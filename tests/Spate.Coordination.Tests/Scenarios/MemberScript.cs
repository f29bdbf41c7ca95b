using System.Globalization;
using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// Plays a scenario that is written as a table: on each line what happens, and behind the bar what comes of it. Members are capital letters; topic a has four partitions, b has
/// two. A member that is fenced forgets what it knew.
/// </summary>
/// <remarks>
/// For members of every kind: <c>A beats</c> · <c>all beat</c> (in turn, until nothing changes) · <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted</c> ·
/// <c>the coordinator moves</c> · <c>the group is</c>
/// </remarks>
/// <typeparam name="TMember">The members, as clients of their protocol.</typeparam>
internal abstract class MemberScript<TMember>
    where TMember : class
{
    /// <summary>Rounds of heartbeats after which a group that has not settled never will.</summary>
    private const int RoundsMax = 20;

    protected MemberScript()
    {
        Bench.Topics.Set("a", 4);
        Bench.Topics.Set("b", 2);
    }

    protected Bench Bench { get; private set; } = new();

    protected SortedDictionary<string, TMember> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Plays a table and gives back the same table with what really came of it.</summary>
    protected string PlayTable(string table)
    {
        var played = new StringBuilder();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var what = line.Split('|')[0].TrimEnd();
            var words = what.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var heard = DoOwn(words) ?? Do(words);
            played.Append(CultureInfo.InvariantCulture, $"{what.PadRight(line.IndexOf('|', StringComparison.Ordinal))}| {heard}\n");
        }

        Assert.Empty(Bench.Breakages);
        return played.ToString();
    }

    /// <summary>Does what only members of this kind do, or to them, and says what came of it; null when the line is none of that.</summary>
    protected abstract string? DoOwn(string[] words);

    protected abstract TMember New(string name);

    /// <summary>One heartbeat of a member, and what came of it.</summary>
    protected abstract (ErrorCode Error, string Heard) Beat(string name);

    /// <summary>Where a member stands, in words.</summary>
    protected abstract string Describe(TMember member);

    protected abstract (ErrorCode Error, string State, int Epoch) DescribeGroup();

    /// <summary>Another coordinator takes the group over.</summary>
    protected virtual void MoveCoordinator() => Bench = Bench.TakeOver();

    protected string Say(string name)
    {
        var (error, heard) = Beat(name);
        return error == ErrorCode.None ? $"{name} {heard}" : $"{name} {error}";
    }

    protected TMember Member(string name)
    {
        if (!Members.TryGetValue(name, out var member))
        {
            member = New(name);
            Members.Add(name, member);
        }

        return member;
    }

    private string Do(string[] words)
    {
        switch (words)
        {
            case [var seconds, "pass"]:
                Bench.Pass(double.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture));
                return "-";
            case ["the", "coordinator", "moves"]:
                MoveCoordinator();
                return "-";
            case ["the", "group", "is"]:
                var (error, state, epoch) = DescribeGroup();
                return error == ErrorCode.None ? $"{state} in {epoch}" : error.ToString();
            case ["all", "beat"]:
                return BeatAll();
            case [var topic, "has", var count, "partitions"]:
                Bench.Topics.Set(topic, int.Parse(count, CultureInfo.InvariantCulture));
                return "-";
            case [var topic, "is", "deleted"]:
                Bench.Topics.Delete(topic);
                return "-";
            case [var name, "beats"]:
                return Say(name);
            default:
                throw new FormatException($"'{string.Join(' ', words)}' is not a line of a scenario.");
        }
    }

    private string BeatAll()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var before = Snapshot();
            foreach (var name in Members.Keys)
            {
                var (error, _) = Beat(name);
                if (error != ErrorCode.None)
                {
                    return $"{name} {error}";
                }
            }

            if (Snapshot() == before)
            {
                return before;
            }
        }

        return $"never settles: {Snapshot()}";
    }

    private string Snapshot() => string.Join("; ", Members.Select(pair => $"{pair.Key} {Describe(pair.Value)}"));
}
