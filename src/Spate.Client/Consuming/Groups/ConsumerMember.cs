using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// A member of a group of the new protocol (KIP-848): heartbeats say what it subscribes to and what it has, and are told what it is to have; changing over goes on beside them. One
/// loop runs it.
/// </summary>
internal sealed class ConsumerMember(GroupContext group, Holdings holdings, Func<Subscription> subscription, WakeSignal wake) : IGroupMember
{
    private const int JoinEpoch = 0;
    private const int LeaveEpoch = -1;
    private const int LeaveForAWhileEpoch = -2;

    private readonly Patience _patience = new(group, "Heartbeats");
    private readonly TopicCounts _counts = new(group.Cluster);
    private readonly MissingTopics _missing = new(group.Cluster, group.GroupId, group.Prefetch.Tell);
    private readonly TopicNames _names = new(group.Coordinator);
    private readonly string _memberId = Uuid.NewRandom(new Random(group.Cluster.Chance.Next(int.MaxValue))).ToString();
    private bool _hasSaidPattern;

    /// <summary>A heartbeat went out by which the group may have taken this member in, whatever became of the answer.</summary>
    private bool _mayBeIn;

    public async Task LiveAsync(CancellationToken life)
    {
        while (true)
        {
            group.Identity = new MemberIdentity(_memberId, MemberIdentity.NoEpoch);
            using var stay = CancellationTokenSource.CreateLinkedTokenSource(life);
            var reconciliation = new Reconciliation(group, holdings, _names, wake);
            try
            {
                await StayAsync(reconciliation, stay.Token).ConfigureAwait(false);
            }
            catch (KafkaException failure) when (failure.ErrorCode is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId)
            {
                // Put out, and welcome to come again with nothing in hand.
            }
            finally
            {
                await stay.CancelAsync().ConfigureAwait(false);
                await reconciliation.EndAsync().ConfigureAwait(false);
            }

            group.Identity = group.Identity.Outside;
            await holdings.LoseAsync(life).ConfigureAwait(false);
        }
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        var identity = group.Identity;
        group.Identity = identity.Outside;
        if (!identity.IsMember && !_mayBeIn)
        {
            return;
        }

        // Behind a heartbeat that may be under way still, and not past it: the last word is to be this one, also where that heartbeat was the first.
        _mayBeIn = false;
        using var reply = await group.Coordinator.AskAsMemberAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            _ => new ConsumerGroupHeartbeatRequest
            {
                GroupId = group.GroupId,
                MemberId = identity.MemberId,
                InstanceId = group.Options.GroupInstanceId,
                MemberEpoch = group.Options.GroupInstanceId is null ? LeaveEpoch : LeaveForAWhileEpoch,
            },
            group.Cluster.Options.RequestTimeout,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task StayAsync(Reconciliation reconciliation, CancellationToken stay)
    {
        Subscription? told = null;
        IReadOnlySet<TopicPartition>? acknowledged = null;
        while (true)
        {
            stay.ThrowIfCancellationRequested();
            var subscribed = subscription();

            // The broker knows the partitions; asking for the topics by name is what creates those that are not there, where that is allowed.
            _counts.Look(subscribed.Topics, mayCreate: true);
            _missing.Look(subscribed.Topics);
            var isJoining = !group.Identity.IsMember;
            var owned = reconciliation.IsRunning && acknowledged is not null ? acknowledged : holdings.Held;
            KafkaException failure;
            try
            {
                using var reply = await group.Coordinator.AskAsMemberAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
                    _ =>
                    {
                        _mayBeIn = true;
                        return Beat(ReferenceEquals(told, subscribed) ? null : subscribed, isWhole: told is null, isJoining ? [] : ReferenceEquals(owned, acknowledged) && told is not null ? null : owned);
                    },
                    group.Cluster.Options.RequestTimeout,
                    stay).ConfigureAwait(false);
                var answer = reply.Message;
                _mayBeIn = answer.ErrorCode == ErrorCode.None || ErrorCatalog.IsRetriable(answer.ErrorCode);
                group.Coordinator.Require(answer.ErrorCode, ApiKey.ConsumerGroupHeartbeat, partition: null, answer.ErrorMessage);
                _patience.Succeeded();
                told = subscribed;
                _hasSaidPattern = subscribed.Pattern is not null;
                acknowledged = owned;
                group.Identity = new MemberIdentity(answer.MemberId ?? group.Identity.MemberId, answer.MemberEpoch);
                reconciliation.Aim(answer.Assignment, stay);
                await RestAsync(answer.HeartbeatIntervalMs, subscribed, acknowledged, reconciliation, stay).ConfigureAwait(false);
                continue;
            }
            catch (KafkaException thrown) when (thrown.IsRetriable)
            {
                failure = thrown;
            }

            // Whether it was heard is not known: everything is said again.
            told = null;
            await _patience.FailedAsync(failure, stay).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the time of the next heartbeat, or for something that the group should hear of at once.</summary>
    private async Task RestAsync(int intervalMs, Subscription told, IReadOnlySet<TopicPartition>? acknowledged, Reconciliation reconciliation, CancellationToken stay)
    {
        var clock = group.Cluster.Clock;
        var began = clock.GetTimestamp();
        var interval = TimeSpan.FromMilliseconds(Math.Max(1, intervalMs));
        while (!stay.IsCancellationRequested
            && clock.GetElapsedTime(began) is var elapsed && elapsed < interval
            && ReferenceEquals(subscription(), told)
            && (reconciliation.IsRunning || ReferenceEquals(holdings.Held, acknowledged)))
        {
            await wake.WaitAsync(interval - elapsed).ConfigureAwait(false);
            reconciliation.GoOn(stay);
        }
    }

    /// <param name="subscribed">What to say of the subscription; null for nothing, when it has been said.</param>
    /// <param name="isWhole">Whether to say also what never changes.</param>
    /// <param name="owned">What it has; null for nothing, when it has been said.</param>
    private ConsumerGroupHeartbeatRequest Beat(Subscription? subscribed, bool isWhole, IReadOnlyCollection<TopicPartition>? owned) => new()
    {
        GroupId = group.GroupId,
        MemberId = group.Identity.MemberId,
        MemberEpoch = group.Identity.IsMember ? group.Identity.Epoch : JoinEpoch,
        InstanceId = group.Options.GroupInstanceId,
        RackId = isWhole ? group.Options.ClientRack : null,
        RebalanceTimeoutMs = isWhole ? (int)group.Options.MaxPollInterval.TotalMilliseconds : -1,
        ServerAssignor = isWhole ? group.Options.RemoteAssignor : null,
        SubscribedTopicNames = subscribed?.Topics.ToList(),

        // An empty pattern takes back one that was said before; brokers of the first version have no field for any.
        SubscribedTopicRegex = subscribed is null ? null : subscribed.Pattern ?? (_hasSaidPattern ? "" : null),
        TopicPartitions = owned is null
            ? null
            :
            [
                .. owned.GroupBy(static name => name.Topic, StringComparer.Ordinal).Select(topic => new ConsumerGroupHeartbeatRequest.OwnedTopic
                {
                    TopicId = _names.IdOf(topic.Key),
                    Partitions = [.. topic.Select(static name => name.Partition).Order()],
                }),
            ],
    };
}
