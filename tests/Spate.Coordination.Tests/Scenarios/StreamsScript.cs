using System.Globalization;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>Scenarios of the streams protocol, whose members are instances of an application. Groups do not wait for more members unless told to.</summary>
/// <remarks>
/// <c>A joins counting [at process] [answering host] [slowly] [of epoch] [telling|silently]</c> (see <see cref="Applications"/>) · <c>A beats</c> · <c>A leaves</c> · <c>A restarts</c> ·
/// <c>A gives up</c> · <c>A stops all</c> · <c>all beat</c> (in turn, until nothing changes) · <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted</c> ·
/// <c>missing topics are made</c> · <c>there are 1 copies</c> · <c>2 tasks warm up</c> · <c>A lacks 500 of c2 c3</c> (of an acceptable 100, and beats) · <c>A tells</c> (it again) · <c>groups wait 3s</c> · <c>the coordinator moves</c> · <c>the group is</c> · <c>A knows</c>
/// </remarks>
internal sealed class StreamsScript : MemberScript<TestInstance>
{
    private IReadOnlyList<CreateTopicsRequest.CreatableTopic> _missing = [];

    private StreamsScript() => Bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0, AcceptableRecoveryLag: 100);

    public static string Play(string table) => new StreamsScript().PlayTable(table);

    protected override string? DoOwn(string[] words)
    {
        switch (words)
        {
            case ["there", "are", var copies, "copies"]:
                Bench.Settings.Streams = Bench.Settings.Streams with { StandbyReplicas = int.Parse(copies, CultureInfo.InvariantCulture) };
                return "-";
            case [var warmups, "tasks", "warm", "up"]:
                Bench.Settings.Streams = Bench.Settings.Streams with { WarmupReplicas = int.Parse(warmups, CultureInfo.InvariantCulture) };
                return "-";
            case [var name, "lacks", var lag, "of", .. var tasks]:
                foreach (var task in tasks)
                {
                    Member(name).Lags![new TaskId(task[..1], int.Parse(task[1..], CultureInfo.InvariantCulture))] = long.Parse(lag, CultureInfo.InvariantCulture);
                }

                Member(name).Tell();
                return Say(name);
            case [var name, "tells"]:
                Member(name).Tell();
                return Say(name);
            case ["groups", "wait", var seconds]:
                Bench.Settings.Streams = Bench.Settings.Streams with { InitialRebalanceDelayMs = 1000 * int.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture) };
                return "-";
            case ["missing", "topics", "are", "made"]:
                return Make();
            case [var name, "joins", var application, .. var options]:
                return Join(name, application, options);
            case [var name, "stops", "all"]:
                Member(name).AsksForStop = true;
                return Say(name);
            case [var name, "leaves"]:
                return Leave(name);
            case [var name, "restarts"]:
                Member(name).Restart();
                return "-";
            case [var name, "gives", "up"]:
                Member(name).GiveUp();
                return Say(name);
            case [var name, "knows"]:
                return Knows(Member(name));
            default:
                return null;
        }
    }

    private string Join(string name, string application, string[] options)
    {
        var instance = Member(name);
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
                case "telling":
                    instance.Lags = new(TaskId.Order);
                    break;
                case "silently":
                    instance.Lags = null;
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

        return Say(name);
    }

    private string Make()
    {
        foreach (var topic in _missing)
        {
            Bench.Topics.Set(topic.Name, topic.NumPartitions);
        }

        return _missing.Count == 0 ? "none" : string.Join(' ', _missing.Select(topic => $"{topic.Name}:{topic.NumPartitions}"));
    }

    private string Leave(string name)
    {
        var left = Bench.Now(Bench.Beat(new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = Member(name).Id, MemberEpoch = -1 })).Response;
        Members.Remove(name);
        return $"{name} {left.ErrorCode}";
    }

    protected override TestInstance New(string name) => new(name);

    protected override (ErrorCode Error, string Heard) Beat(string name)
    {
        var member = Member(name);
        var (response, missing) = member.Beat(Bench);
        if (response.ErrorCode != ErrorCode.None)
        {
            return (response.ErrorCode, "");
        }

        _missing = missing;
        var told = response.ActiveTasks is null ? "" : $": {member.Works()}";
        return (ErrorCode.None, $"{response.MemberEpoch}{told}{string.Concat((response.Status ?? []).Select(status => $" ({(StreamsStatus)status.StatusCode})"))}");
    }

    protected override string Describe(TestInstance member) => $"{member.Epoch}: {member.Works()}";

    protected override (ErrorCode Error, string State, int Epoch) DescribeGroup()
    {
        var group = Bench.DescribeStreams();
        return (group.ErrorCode, group.GroupState, group.GroupEpoch);
    }

    protected override void MoveCoordinator()
    {
        var settings = Bench.Settings.Streams;
        base.MoveCoordinator();
        Bench.Settings.Streams = settings;
    }

    private static string Knows(TestInstance instance) => string.Join("; ", (instance.Endpoints ?? []).Select(endpoint =>
        $"{endpoint.UserEndpoint.Host}:{endpoint.UserEndpoint.Port} {Partitions(endpoint.ActivePartitions)}, copies {Partitions(endpoint.StandbyPartitions)}"));

    private static string Partitions(List<StreamsGroupHeartbeatResponse.TopicPartitions> topics) =>
        topics.Count == 0 ? "of nothing" : string.Join(' ', topics.SelectMany(topic => topic.Partitions.Select(partition => $"{topic.Topic}{partition}")));
}
