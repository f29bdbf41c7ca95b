using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Tests.Scenarios;

/// <summary>One client of a scenario: what it subscribes to, what it was told, and the request that it still waits for.</summary>
internal sealed class ScriptedMember(string name)
{
    private Task<JoinGroupResponse>? _join;
    private Task<SyncGroupResponse>? _sync;

    public string Name { get; } = name;

    /// <summary>The id that the coordinator gave, empty before it gave one.</summary>
    public string Id { get; set; } = "";

    public string? InstanceId { get; set; }

    public int Generation { get; private set; } = -1;

    /// <summary>What the leader is to assign to whom; null for those who do not lead.</summary>
    public IReadOnlyList<(string MemberId, string[] Topics)>? Led { get; private set; }

    public void Waits(Task<JoinGroupResponse> join) => _join = join;

    public void Waits(Task<SyncGroupResponse> sync) => _sync = sync;

    /// <summary>Forgets all that it knew, as a process that starts anew.</summary>
    public void Restart()
    {
        Id = "";
        Generation = -1;
        Led = null;
        _join = null;
        _sync = null;
    }

    /// <summary>Takes over the id that an answer brought, so that it can be named in the answers of others.</summary>
    public void LearnId()
    {
        if (_join is { IsCompleted: true } join && Harness.Bench.Now(join).MemberId is { Length: > 0 } id)
        {
            Id = id;
        }
    }

    /// <summary>The answers that came since the last look, a line each.</summary>
    public IEnumerable<string> Heard(Func<string, string> nameOf)
    {
        if (_join is { IsCompleted: true } join)
        {
            _join = null;
            yield return Hear(Harness.Bench.Now(join), nameOf);
        }

        if (_sync is { IsCompleted: true } sync)
        {
            _sync = null;
            yield return Hear(Harness.Bench.Now(sync));
        }
    }

    private static string[] TopicsOf(ReadOnlyMemory<byte> subscription)
    {
        var reader = new MessageReader(subscription);
        var version = reader.ReadInt16();
        var read = new ConsumerProtocolSubscription();
        read.Read(ref reader, version);
        return [.. read.Topics];
    }

    private string Hear(JoinGroupResponse reply, Func<string, string> nameOf)
    {
        if (reply.ErrorCode != Protocol.Errors.ErrorCode.None)
        {
            return $"{Name} {reply.ErrorCode}";
        }

        Generation = reply.GenerationId;
        var leads = reply.Leader == Id;
        Led = leads && !reply.SkipAssignment ? [.. reply.Members.Select(member => (member.MemberId, TopicsOf(member.Metadata)))] : null;
        var names = string.Join(',', reply.Members.Select(member => nameOf(member.MemberId)).Order(StringComparer.Ordinal));
        return leads ? $"{Name} leads {names} in {Generation} by {reply.ProtocolName}" : $"{Name} follows in {Generation} by {reply.ProtocolName}";
    }

    private string Hear(SyncGroupResponse reply) => reply.ErrorCode == Protocol.Errors.ErrorCode.None
        ? $"{Name} has {(reply.Assignment.IsEmpty ? "nothing" : System.Text.Encoding.UTF8.GetString(reply.Assignment.Span))}"
        : $"{Name} {reply.ErrorCode}";
}
