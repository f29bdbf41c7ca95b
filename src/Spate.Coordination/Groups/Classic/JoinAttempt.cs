using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>One JoinGroup, in the form that decisions need. Its bytes are copies, which outlive the request.</summary>
internal sealed class JoinAttempt
{
    /// <summary>From this version on a client without an id gets one first and joins with it then (KIP-394).</summary>
    private const short MemberIdRequiredVersion = 4;

    /// <summary>From this version on a leader can be told not to assign (KIP-814).</summary>
    private const short SkipAssignmentVersion = 9;

    private readonly GroupClient _client;

    public JoinAttempt(JoinGroupRequest request, GroupClient client, Reply<JoinGroupResponse> reply)
    {
        _client = client;
        Request = request;
        Reply = reply;
        Protocols = request.Protocols.ConvertAll(protocol => new MemberProtocol(protocol.Name, protocol.Metadata.ToArray()));
    }

    public JoinGroupRequest Request { get; }

    public Reply<JoinGroupResponse> Reply { get; }

    public IReadOnlyList<MemberProtocol> Protocols { get; }

    public string ClientId => _client.ClientId;

    public string ClientHost => _client.Host;

    public bool NeedsIdFirst => _client.ApiVersion >= MemberIdRequiredVersion;

    public bool CanSkipAssignment => _client.ApiVersion >= SkipAssignmentVersion;

    /// <summary>Version 0 knows no rebalance timeout; the session's stands in.</summary>
    public int RebalanceTimeoutMs => Request.RebalanceTimeoutMs < 0 ? Request.SessionTimeoutMs : Request.RebalanceTimeoutMs;

    public string Reason => string.IsNullOrEmpty(Request.Reason) ? "no reason given" : Request.Reason;

    /// <summary>The member that the attempt would make.</summary>
    public ClassicMember NewMember(string memberId) => new()
    {
        Id = memberId,
        InstanceId = Request.GroupInstanceId,
        ClientId = _client.ClientId,
        ClientHost = _client.Host,
        SessionTimeoutMs = Request.SessionTimeoutMs,
        RebalanceTimeoutMs = RebalanceTimeoutMs,
        Protocols = Protocols,
        IsNew = true,
    };

    /// <summary>What a member says of itself now takes the place of what it said before.</summary>
    public void Update(ClassicMember member)
    {
        member.SessionTimeoutMs = Request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = RebalanceTimeoutMs;
        member.Protocols = Protocols;
    }

    public CommandOutcome Refuse(ErrorCode error) => Refuse(error, Request.MemberId);

    public CommandOutcome Refuse(ErrorCode error, string memberId)
    {
        Reply.Complete(JoinReplies.Refused(error, memberId, _client.ApiVersion));
        return CommandOutcome.Done;
    }
}
