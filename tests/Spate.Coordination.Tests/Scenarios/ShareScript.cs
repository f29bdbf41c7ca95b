using System.Globalization;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>Scenarios of share groups.</summary>
/// <remarks>
/// <c>A joins a,b</c> · <c>A beats</c> · <c>A subscribes b</c> · <c>A leaves</c> · <c>A restarts</c> ·
/// <c>5s pass</c> · <c>a has 6 partitions</c> · <c>a is deleted [unseen]</c> · <c>the coordinator moves</c> · <c>the group is [deleted]</c> · <c>the log refuses|takes</c> ·
/// <c>the keeper refuses|serves|hangs|answers|knows</c> · <c>a is forgotten</c> · <c>a is set to 7</c>
/// </remarks>
internal sealed class ShareScript : MemberScript<TestShareMember>
{
    public static string Play(string table) => new ShareScript().PlayTable(table);

    protected override string? DoOwn(string[] words)
    {
        switch (words)
        {
            case ["the", "log", var verdict]:
                Bench.Log.Verdict = verdict == "refuses" ? () => ErrorCode.NotEnoughReplicas : () => ErrorCode.None;
                return "-";
            case ["the", "keeper", "knows"]:
                return Known();
            case ["the", "keeper", var does]:
                Keep(does);
                return "-";
            case ["the", "group", "is", "deleted"]:
                var deletion = Bench.Delete();
                return deletion.IsCompleted ? Bench.Now(deletion).ToString() : "waits";
            case [var topic, "is", "deleted", .. var how]:
                Bench.Topics.Delete(topic);
                return how is ["unseen"] ? "-" : Bench.Now(Bench.Coordinator.ForgetTopicsAsync([topic]).AsTask()).ToString();
            case [var topic, "is", "forgotten"]:
                var forgotten = Bench.Now(Bench.Coordinator.ShareGroups.DeleteOffsetsAsync(new DeleteShareGroupOffsetsRequest { GroupId = "g", Topics = [new() { TopicName = topic }] }).AsTask());
                return forgotten.ErrorCode == ErrorCode.None ? Assert.Single(forgotten.Responses).ErrorCode.ToString() : forgotten.ErrorCode.ToString();
            case [var topic, "is", "set", "to", var offset]:
                return Set(topic, long.Parse(offset, CultureInfo.InvariantCulture));
            case [var name, "joins" or "subscribes", var topics]:
                Member(name).Subscribe(topics == "nothing" ? [] : topics.Split(','));
                return Say(name);
            case [var name, "leaves"]:
                var left = Member(name).Leave(Bench);
                Members.Remove(name);
                return $"{name} {left}";
            case [var name, "restarts"]:
                Member(name).Restart();
                return "-";
            default:
                return null;
        }
    }

    private void Keep(string does)
    {
        switch (does)
        {
            case "refuses":
                Bench.Keeper.Verdict = (_, _) => ErrorCode.NotCoordinator;
                break;
            case "serves":
                Bench.Keeper.Verdict = (_, _) => ErrorCode.None;
                break;
            case "hangs":
                Bench.Keeper.Hangs = true;
                break;
            case "answers":
                Bench.Keeper.Release();
                break;
            default:
                throw new FormatException($"A keeper does not do '{does}'.");
        }
    }

    private string Set(string topic, long offset)
    {
        var count = Bench.Topics.Current.Find(topic)?.PartitionCount ?? 1;
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
        var response = Bench.Now(Bench.Coordinator.ShareGroups.AlterOffsetsAsync(request).AsTask());
        return response.ErrorCode != ErrorCode.None
            ? response.ErrorCode.ToString()
            : string.Join(' ', response.Responses.SelectMany(each => each.Partitions.Select(one => one.ErrorCode)).Distinct());
    }

    private string Known() => Bench.Keeper.States.Count == 0
        ? "nothing"
        : string.Join(' ', Bench.Keeper.States.Select(pair => $"{Bench.Topics.NameOf(pair.Key.Topic)}{pair.Key.Partition}={pair.Value.Start}/{pair.Value.Epoch}").Order(StringComparer.Ordinal));

    protected override TestShareMember New(string name) => new(name);

    protected override (ErrorCode Error, string Heard) Beat(string name)
    {
        var member = Member(name);
        var response = member.Beat(Bench);
        return (response.ErrorCode, response.Assignment is null ? $"{response.MemberEpoch}" : $"{response.MemberEpoch}: {member.Reads(Bench.Topics)}");
    }

    protected override string Describe(TestShareMember member) => $"{member.Epoch}: {member.Reads(Bench.Topics)}";

    protected override (ErrorCode Error, string State, int Epoch) DescribeGroup()
    {
        var group = Bench.DescribeShares();
        return (group.ErrorCode, group.GroupState, group.GroupEpoch);
    }

    protected override void MoveCoordinator()
    {
        Assert.True(Bench.Coordinator.UnloadAsync(0, 2).IsCompleted, "The coordinator should have let go.");
        base.MoveCoordinator();
    }
}
