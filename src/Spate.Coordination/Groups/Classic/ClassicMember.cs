using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// One member of a classic group. Who it is and what it was assigned comes back from the log; that it is waiting for an answer does not.
/// </summary>
internal sealed class ClassicMember
{
    public required string Id { get; init; }

    /// <summary>The name under which a static member comes back after a restart (KIP-345); null for a dynamic one.</summary>
    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    /// <summary>What the member understands, what it prefers first. Of a member that came from the log, only what was chosen.</summary>
    public required IReadOnlyList<MemberProtocol> Protocols { get; set; }

    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>
    /// The epoch by which the member knows its group, when that has just come from the consumer protocol; until the first round is complete it is as good as the
    /// generation. Null otherwise. Soft.
    /// </summary>
    public int? FormerEpoch { get; set; }

    /// <summary>True until the first join was answered: the member does not know its id and sends no heartbeats.</summary>
    public bool IsNew { get; set; }

    /// <summary>The join that waits for the round to be complete.</summary>
    public Reply<JoinGroupResponse>? JoinReply { get; private set; }

    /// <summary>The sync that waits for the leader.</summary>
    public Reply<SyncGroupResponse>? SyncReply { get; private set; }

    /// <summary>A member that asks again has lost sight of its earlier request, which is answered so that nothing hangs.</summary>
    public void AwaitJoin(Reply<JoinGroupResponse> reply)
    {
        JoinReply?.Refuse(ErrorCode.RebalanceInProgress);
        JoinReply = reply;
    }

    public void AwaitSync(Reply<SyncGroupResponse> reply)
    {
        SyncReply?.Refuse(ErrorCode.RebalanceInProgress);
        SyncReply = reply;
    }

    public Reply<JoinGroupResponse>? TakeJoinReply()
    {
        var reply = JoinReply;
        JoinReply = null;
        return reply;
    }

    public Reply<SyncGroupResponse>? TakeSyncReply()
    {
        var reply = SyncReply;
        SyncReply = null;
        return reply;
    }

    /// <summary>Answers whatever waits.</summary>
    public void RefuseReplies(ErrorCode error)
    {
        TakeJoinReply()?.Refuse(error);
        TakeSyncReply()?.Refuse(error);
    }

    public bool Supports(string protocol) => Protocols.Any(supported => supported.Name == protocol);

    /// <summary>What the member says about itself under a protocol; empty when it does not know the protocol.</summary>
    public ReadOnlyMemory<byte> MetadataFor(string? protocol) =>
        Protocols.FirstOrDefault(supported => supported.Name == protocol)?.Metadata ?? default;

    /// <summary>Whether a member that joins again says what it said before.</summary>
    public bool Says(IReadOnlyList<MemberProtocol> protocols) =>
        Protocols.Count == protocols.Count && Protocols.Zip(protocols).All(pair => pair.First.IsSame(pair.Second));
}
