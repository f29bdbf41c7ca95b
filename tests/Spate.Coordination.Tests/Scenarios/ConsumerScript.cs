using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>Scenarios of the consumer protocol.</summary>
/// <remarks>
/// <c>A joins a,b [as instance] [by range] [slowly] [matching regex] [in rack]</c> · <c>A subscribes b</c> · <c>A leaves [for a while]</c> ·
/// <c>A restarts [anew]</c> · <c>A gives up</c>
/// </remarks>
internal sealed class ConsumerScript : MemberScript<TestConsumer>
{
    public static string Play(string table) => new ConsumerScript().PlayTable(table);

    protected override string? DoOwn(string[] words)
    {
        switch (words)
        {
            case [var name, "joins", var topics, .. var options]:
                return Join(name, topics, options);
            case [var name, "subscribes", var topics]:
                Member(name).Subscribe(topics.Split(','));
                return Say(name);
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
                return Say(name);
            default:
                return null;
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

        return Say(name);
    }

    private ErrorCode Leave(string name, int epoch)
    {
        var member = Member(name);
        var response = Bench.Now(Bench.Beat(new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = member.Id,
            InstanceId = member.InstanceId,
            MemberEpoch = epoch,
        }));
        member.Restart();
        if (epoch == -1)
        {
            Members.Remove(name);
        }

        return response.ErrorCode;
    }

    protected override TestConsumer New(string name) => new(Bench, name);

    protected override (ErrorCode Error, string Heard) Beat(string name)
    {
        var member = Member(name);
        var response = member.Beat(Bench);
        return (response.ErrorCode, response.Assignment is null ? $"{response.MemberEpoch}" : $"{response.MemberEpoch}: {member.Reads(Bench.Topics)}");
    }

    protected override string Describe(TestConsumer member) => $"{member.Epoch}: {member.Reads(Bench.Topics)}";

    protected override (ErrorCode Error, string State, int Epoch) DescribeGroup()
    {
        var group = Bench.DescribeConsumer();
        return (group.ErrorCode, group.GroupState, group.GroupEpoch);
    }
}
