using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Has members leave groups: all in one request, or in one for each where the broker is older than Kafka 2.4.</summary>
internal sealed class GroupMembers(AdminCalls calls, GroupDescribing describing)
{
    private const short FirstLeaveOfMany = 3;

    public async Task<IReadOnlyDictionary<GroupMemberIdentity, AdminResult>> RemoveAsync(
        string group, IReadOnlyCollection<GroupMemberIdentity>? members, string? reason, CancellationToken cancellationToken) =>
        await new ItemCall<GroupMemberIdentity, AdminResult>(calls, ApiKey.LeaveGroup)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.CoordinatorAsync(group, token)),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, wanted, token) =>
            {
                var isByInstance = wanted.Any(static member => member.InstanceId is not null);
                var version = await calls.VersionAsync(node, ApiKey.LeaveGroup, token, isByInstance ? FirstLeaveOfMany : (short)0, "naming a member by its instance").ConfigureAwait(false);
                return version >= FirstLeaveOfMany
                    ? await LeaveAsync(node, version, group, wanted, reason, token).ConfigureAwait(false)
                    : (await Task.WhenAll(wanted.Select(member => LeaveAsync(node, version, group, member, token))).ConfigureAwait(false)).ToResults(static each => each.Member, static each => each.Result);
            },
        }.RunAsync(members ?? await AllOfAsync(group, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyCollection<GroupMemberIdentity>> AllOfAsync(string group, CancellationToken cancellationToken) =>
    [
        .. (await describing.RunAsync([group], cancellationToken).ConfigureAwait(false))[group].Value.Members
            .Select(static member => member.InstanceId is { } instance ? GroupMemberIdentity.OfInstance(instance) : GroupMemberIdentity.OfMember(member.MemberId)),
    ];

    private async Task<IReadOnlyDictionary<GroupMemberIdentity, AdminResult>> LeaveAsync(
        int node, short version, string group, IReadOnlyList<GroupMemberIdentity> members, string? reason, CancellationToken cancellationToken)
    {
        var request = new LeaveGroupRequest
        {
            GroupId = group,
            Members = [.. members.Select(member => new LeaveGroupRequest.MemberIdentity { MemberId = member.MemberId ?? "", GroupInstanceId = member.InstanceId, Reason = reason })],
        };
        using var reply = await calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        var answers = new Answers(ApiKey.LeaveGroup, calls.NameOf(node));
        answers.ThrowIfFailed(reply.Message.ErrorCode, $"group '{group}'");

        // A member that was named in one way may be answered with both.
        return members.ToResults(static member => member, member =>
        {
            var answer = reply.Message.Members.Find(other => member.InstanceId is { } instance ? other.GroupInstanceId == instance : other.MemberId == member.MemberId);
            return answers.Of(answer?.ErrorCode ?? ErrorCode.UnknownServerError, $"{member} in group '{group}'", answer is null ? "nothing about this one" : null);
        });
    }

    private async Task<(GroupMemberIdentity Member, AdminResult Result)> LeaveAsync(int node, short version, string group, GroupMemberIdentity member, CancellationToken cancellationToken)
    {
        using var reply = await calls.AskAsync(node, new LeaveGroupRequest { GroupId = group, MemberId = member.MemberId! }, cancellationToken, version).ConfigureAwait(false);
        return (member, new Answers(ApiKey.LeaveGroup, calls.NameOf(node)).Of(reply.Message.ErrorCode, $"{member} in group '{group}'"));
    }
}
