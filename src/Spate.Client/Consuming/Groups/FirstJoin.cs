using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// A join by which a member of a classic group gets its id (KIP-394). From then on the group waits for that member, until its session is over, and so a member that ends meanwhile stays to hear the id, by which
/// it can leave. Brokers answer at once; those before Kafka 2.2, which give no id first, are not waited for. Used once, by one loop.
/// </summary>
internal sealed class FirstJoin : IDisposable
{
    private const short FirstVersionOfIds = 4;

    private readonly GroupContext _group;
    private readonly CancellationTokenSource _ending = new();
    private Task<Reply<JoinGroupResponse>>? _asking;
    private volatile bool _isAsked;

    private FirstJoin(GroupContext group) => _group = group;

    /// <summary>One in a group.</summary>
    public static FirstJoin In(GroupContext group) => new(group);

    /// <summary>Joins. When the member is to leave before the answer has come, that is left to <see cref="HearAsync"/>.</summary>
    /// <param name="make">Makes the request for the version that will be spoken.</param>
    /// <param name="timeout">How long the coordinator may take to answer.</param>
    /// <param name="life">Ends when the member is to leave.</param>
    public async Task<Reply<JoinGroupResponse>> AskAsync(Func<short, JoinGroupRequest> make, TimeSpan timeout, CancellationToken life)
    {
        _asking = _group.Coordinator.AskAsMemberAsync<JoinGroupRequest, JoinGroupResponse>(
            version =>
            {
                // First said, then looked: either this sees the end, or the end sees this.
                _isAsked = version >= FirstVersionOfIds;
                life.ThrowIfCancellationRequested();
                return make(version);
            },
            timeout,
            _ending.Token);
        try
        {
            return await _asking.WaitAsync(life).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_isAsked)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The id that a join gave whose answer nobody has taken; null when it gave none.</summary>
    /// <exception cref="OperationCanceledException">The answer did not come in time.</exception>
    public async Task<string?> HearAsync(CancellationToken patience)
    {
        if (!_isAsked || _asking is not { } asking)
        {
            return null;
        }

        try
        {
            using var reply = await asking.WaitAsync(patience).ConfigureAwait(false);
            return reply.Message is { ErrorCode: ErrorCode.None or ErrorCode.MemberIdRequired, MemberId.Length: > 0 } join ? join.MemberId : null;
        }
        catch (Exception) when (asking.IsFaulted || asking.IsCanceled)
        {
            // Never sent, or lost with its connection: nobody but the coordinator knows of an id, and that lets go of it after the session's time.
            return null;
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }
}
