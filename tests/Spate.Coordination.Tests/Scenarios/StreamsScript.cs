using System.Globalization;
using System.Text;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// Plays a scenario of the streams protocol that is written as a table: on each line what happens, and behind the bar what comes of it.
/// Instances are capital letters; topic a has four partitions, b has two. One that is fenced forgets what it knew. Groups do not wait
/// for more members unless told to.
/// </summary>
/// <remarks>
/// <c>A joins counting [at process] [answering host] [slowly] [of epoch]</c> (see <see cref="Applications"/>) · <c>A beats</c> · <c>A leaves</c> · <c>A restarts</c> ·
/// <c>A gives up</c> · <c>A stops all</c> · <c>all beat</c> (in turn, until nothing changes) · <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted</c> ·
/// <c>missing topics are made</c> · <c>there are 1 copies</c> · <c>groups wait 3s</c> · <c>the coordinator moves</c> · <c>the group is</c> · <c>A knows</c>
/// </remarks>
internal sealed class StreamsScript
{
    /// <summary>Rounds of heartbeats after which a group that has not settled never will.</summary>
    private const int RoundsMax = 20;

    private readonly SortedDictionary<string, TestInstance> _instances = new(StringComparer.Ordinal);
    private IReadOnlyList<CreateTopicsRequest.CreatableTopic> _missing = [];
    private Bench _bench = new();

    private StreamsScript()
    {
        _bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0);
        _bench.Topics.Set("a", 4);
        _bench.Topics.Set("b", 2);
    }

    /// <summary>Plays a table and gives back the same table with what really came of it.</summary>
    public static string Play(string table)
    {
        var script = new StreamsScript();
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
            case ["there", "are", var copies, "copies"]:
                _bench.Settings.Streams = _bench.Settings.Streams with { StandbyReplicas = int.Parse(copies, CultureInfo.InvariantCulture) };
                return "-";
            case ["groups", "wait", var seconds]:
                _bench.Settings.Streams = _bench.Settings.Streams with { InitialRebalanceDelayMs = 1000 * int.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture) };
                return "-";
            case ["missing", "topics", "are", "made"]:
                return Make();
            case ["the", "coordinator", "moves"]:
                var settings = _bench.Settings.Streams;
                _bench = _bench.TakeOver();
                _bench.Settings.Streams = settings;
                return "-";
            case ["the", "group", "is"]:
                var group = _bench.DescribeStreams();
                return group.ErrorCode == ErrorCode.None ? $"{group.GroupState} in {group.GroupEpoch}" : group.ErrorCode.ToString();
            case ["all", "beat"]:
                return BeatAll();
            case [var topic, "has", var count, "partitions"]:
                _bench.Topics.Set(topic, int.Parse(count, CultureInfo.InvariantCulture));
                return "-";
            case [var topic, "is", "deleted"]:
                _bench.Topics.Delete(topic);
                return "-";
            case [var name, "joins", var application, .. var options]:
                return Join(name, application, options);
            case [var name, "beats"]:
                return Beat(name);
            case [var name, "stops", "all"]:
                Instance(name).AsksForStop = true;
                return Beat(name);
            case [var name, "leaves"]:
                return Leave(name);
            case [var name, "restarts"]:
                Instance(name).Restart();
                return "-";
            case [var name, "gives", "up"]:
                Instance(name).GiveUp();
                return Beat(name);
            case [var name, "knows"]:
                return Knows(Instance(name));
            default:
                throw new FormatException($"'{string.Join(' ', words)}' is not a line of a scenario.");
        }
    }

    private string Join(string name, string application, string[] options)
    {
        var instance = Instance(name);
        instance.Topology = Applications.Named(application);
        for (var index = 0; index < options.Length; index++)
        {
            switch (options[index])
            {
                case "at":
                    instance.Process = options[++index];
                    break;
                case "answering":
                    instance.Endpoint = new StreamsGroupHeartbeatRequest.Endpoint { Host = options[++index], Port = 80 };
                    break;
                case "slowly":
                    instance.IsSlow = true;
                    break;
                case "of":
                    instance.Topology.Epoch = int.Parse(options[++index], CultureInfo.InvariantCulture);
                    break;
                default:
                    throw new FormatException($"'{options[index]}' says nothing about a join.");
            }
        }

        return Beat(name);
    }

    private string Make()
    {
        foreach (var topic in _missing)
        {
            _bench.Topics.Set(topic.Name, topic.NumPartitions);
        }

        return _missing.Count == 0 ? "none" : string.Join(' ', _missing.Select(topic => $"{topic.Name}:{topic.NumPartitions}"));
    }

    private string Leave(string name)
    {
        var left = Bench.Now(_bench.Beat(new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = Instance(name).Id, MemberEpoch = -1 })).Response;
        _instances.Remove(name);
        return $"{name} {left.ErrorCode}";
    }

    private string Beat(string name)
    {
        var (response, missing) = Instance(name).Beat(_bench);
        if (response.ErrorCode != ErrorCode.None)
        {
            return $"{name} {response.ErrorCode}";
        }

        _missing = missing;
        var told = response.ActiveTasks is null ? "" : $": {Instance(name).Works()}";
        return $"{name} {response.MemberEpoch}{told}{string.Concat((response.Status ?? []).Select(status => $" ({(StreamsStatus)status.StatusCode})"))}";
    }

    private string BeatAll()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var before = Snapshot();
            foreach (var (name, instance) in _instances)
            {
                var (response, missing) = instance.Beat(_bench);
                if (response.ErrorCode != ErrorCode.None)
                {
                    return $"{name} {response.ErrorCode}";
                }

                _missing = missing;
            }

            if (Snapshot() == before)
            {
                return before;
            }
        }

        return $"never settles: {Snapshot()}";
    }

    private string Snapshot() => string.Join("; ", _instances.Select(pair => $"{pair.Key} {pair.Value.Epoch}: {pair.Value.Works()}"));

    private static string Knows(TestInstance instance) => string.Join("; ", (instance.Endpoints ?? []).Select(endpoint =>
        $"{endpoint.UserEndpoint.Host}:{endpoint.UserEndpoint.Port} {Partitions(endpoint.ActivePartitions)}, copies {Partitions(endpoint.StandbyPartitions)}"));

    private static string Partitions(List<StreamsGroupHeartbeatResponse.TopicPartitions> topics) =>
        topics.Count == 0 ? "of nothing" : string.Join(' ', topics.SelectMany(topic => topic.Partitions.Select(partition => $"{topic.Topic}{partition}")));

    private TestInstance Instance(string name)
    {
        if (!_instances.TryGetValue(name, out var instance))
        {
            instance = new TestInstance(name);
            _instances.Add(name, instance);
        }

        return instance;
    }
}
