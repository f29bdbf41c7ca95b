using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// A member of a classic group: rounds in which everybody's part is settled, and heartbeats in between. Without cooperative assignors everything is given up before a round; with them only what
/// goes to somebody else, after the round, and then another round follows. One loop runs it.
/// </summary>
internal sealed class ClassicMember(GroupContext group, Holdings holdings, Func<Subscription> subscription, WakeSignal wake) : IGroupMember
{
    private const short FirstLeaveOfMany = 3;

    /// <summary>How soon it is looked again for a topic that is not there.</summary>
    private static readonly TimeSpan MissingLook = TimeSpan.FromSeconds(1);

    private readonly TopicCounts _counts = new(group.Cluster);
    private readonly MissingTopics _missing = new(group.Cluster, group.GroupId, group.Prefetch.Tell);
    private readonly ClassicHeartbeat _heartbeat = new(group, wake);
    private readonly Patience _patience = new(group, "Joining");
    private readonly bool _isCooperative = group.Options.Assignors.All(static assignor => assignor.IsCooperative);
    private ClassicRound? _round;

    public async Task LiveAsync(CancellationToken life)
    {
        var round = _round = new ClassicRound(group, holdings, _counts);
        try
        {
            while (true)
            {
                if (!_isCooperative)
                {
                    await holdings.ChangeAsync([], life).ConfigureAwait(false);
                }

                var joined = subscription();
                var generation = await JoinAsync(round, joined, life).ConfigureAwait(false);
                _heartbeat.Start(life);
                var isGivenUp = await holdings.ChangeAsync(generation.Assignment, life).ConfigureAwait(false);
                if (!isGivenUp || !_isCooperative)
                {
                    await StayAsync(generation, joined, life).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await _heartbeat.StopAsync().ConfigureAwait(false);
        }
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        var memberId = group.Identity.MemberId;
        group.Identity = MemberIdentity.None;
        if (group.Options.GroupInstanceId is not null)
        {
            return;
        }

        // The group waits for whoever it has given an id, also one that has not heard it yet.
        memberId = memberId.Length > 0 ? memberId : _round is null ? null : await _round.HearIdAsync(cancellationToken).ConfigureAwait(false);
        if (memberId is null)
        {
            return;
        }

        using var reply = await group.Coordinator.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(
            version => version < FirstLeaveOfMany
                ? new LeaveGroupRequest { GroupId = group.GroupId, MemberId = memberId }
                : new LeaveGroupRequest { GroupId = group.GroupId, Members = [new LeaveGroupRequest.MemberIdentity { MemberId = memberId }] },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ClassicGeneration> JoinAsync(ClassicRound round, Subscription joined, CancellationToken life)
    {
        while (true)
        {
            await _heartbeat.StopAsync().ConfigureAwait(false);
            try
            {
                var generation = await round.RunAsync(joined, _isCooperative, life).ConfigureAwait(false);
                _patience.Succeeded();
                return generation;
            }
            catch (KafkaException failure)
            {
                switch (failure.ErrorCode)
                {
                    case ErrorCode.MemberIdRequired or ErrorCode.RebalanceInProgress:
                        break;
                    case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                        await LoseAsync(life).ConfigureAwait(false);
                        break;
                    case var _ when failure.IsRetriable:
                        await _patience.FailedAsync(failure, life).ConfigureAwait(false);
                        break;
                    default:
                        throw;
                }
            }
        }
    }

    /// <summary>Stays in a generation until another round is needed.</summary>
    private async Task StayAsync(ClassicGeneration generation, Subscription joined, CancellationToken life)
    {
        var listed = group.Cluster.Clock.GetTimestamp();
        while (true)
        {
            life.ThrowIfCancellationRequested();
            _missing.Look(joined.Topics);
            switch (_heartbeat.Verdict?.ErrorCode)
            {
                case null:
                    break;
                case ErrorCode.RebalanceInProgress:
                    return;
                case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                    await LoseAsync(life).ConfigureAwait(false);
                    return;
                default:
                    throw _heartbeat.Verdict!;
            }

            if (!ReferenceEquals(subscription(), joined) || HasChanged(generation, out var isMissing))
            {
                return;
            }

            if (joined.Pattern is not null && group.Cluster.Clock.GetElapsedTime(listed) >= group.Cluster.Options.MetadataMaxAge)
            {
                listed = group.Cluster.Clock.GetTimestamp();
                if (await HasListChangedAsync(generation, joined, life).ConfigureAwait(false))
                {
                    return;
                }
            }

            var look = isMissing && MissingLook < group.Options.HeartbeatInterval ? MissingLook : group.Options.HeartbeatInterval;
            await wake.WaitAsync(joined.Pattern is not null && group.Cluster.Options.MetadataMaxAge < look ? group.Cluster.Options.MetadataMaxAge : look).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the topics are not what they were when they were assigned; only who leads the group has to know.</summary>
    private bool HasChanged(ClassicGeneration generation, out bool isMissing)
    {
        isMissing = false;
        if (generation.Watched is not { } watched)
        {
            _counts.Look(generation.Topics, mayCreate: false);
            return false;
        }

        var now = _counts.Look([.. watched.Keys.Union(generation.Topics, StringComparer.Ordinal)], mayCreate: false);
        isMissing = now.Count < generation.Topics.Count;
        return now.Count != watched.Count || watched.Any(pair => !now.TryGetValue(pair.Key, out var count) || count != pair.Value);
    }

    private async Task<bool> HasListChangedAsync(ClassicGeneration generation, Subscription joined, CancellationToken life)
    {
        try
        {
            return !(await joined.ResolveAsync(group.Coordinator, life).ConfigureAwait(false)).SequenceEqual(generation.Topics, StringComparer.Ordinal);
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            // The list is asked for again at the next turn; meanwhile the group goes on with the one it has.
            group.Cluster.Metadata.Invalidate();
            return false;
        }
    }

    private async Task LoseAsync(CancellationToken life)
    {
        group.Identity = MemberIdentity.None;
        await holdings.LoseAsync(life).ConfigureAwait(false);
    }
}
