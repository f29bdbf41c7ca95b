using Spate.Client.Connections;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// A consumer's side of its group: where partitions begin, what is committed, and while it is subscribed its <see cref="Membership"/>. Safe for use by several threads at once.
/// </summary>
internal sealed class ConsumerGroup : IAsyncDisposable
{
    private readonly GroupContext _group;
    private readonly GroupOffsets _offsets;
    private readonly Holdings _holdings;
    private readonly WakeSignal _placementWake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Task _placing;
    private readonly Task _committing;
    private Membership? _membership;

    public ConsumerGroup(Cluster cluster, ConsumerOptions options, Prefetch prefetch, Floor floor, Consumer consumer)
    {
        _group = new GroupContext(cluster, options, prefetch, floor);
        _offsets = new GroupOffsets(_group);
        _placementWake = new WakeSignal(cluster.Clock);
        _holdings = new Holdings(_group, _offsets, consumer, _placementWake);
        _placing = Task.Run(() => new CommittedPlacement(_group, _offsets, _placementWake).RunAsync(_lifetime.Token));
        _committing = options.AutoCommit ? Task.Run(CommitNowAndThenAsync) : Task.CompletedTask;
    }

    public bool IsSubscribed => _membership is not null;

    public GroupOffsets Offsets => _offsets;

    public CoordinatorCalls Coordinator => _group.Coordinator;

    /// <summary>Who this consumer is to its group now.</summary>
    /// <exception cref="KafkaGroupException">It is subscribed, and is no member at present.</exception>
    public ConsumerGroupMetadata Metadata
    {
        get
        {
            var identity = _group.Identity;
            return !IsSubscribed || identity.IsMember
                ? new ConsumerGroupMetadata(_group.GroupId, identity.MemberId, identity.Epoch, identity.IsMember ? _group.Options.GroupInstanceId : null)
                : throw new KafkaGroupException(
                    Protocol.Errors.ErrorCode.UnknownMemberId, _group.GroupId, $"The consumer is no member of group '{_group.GroupId}' at present, so its partitions may be somebody else's.");
        }
    }

    public void Subscribe(Subscription subscription)
    {
        if (_membership is { } membership)
        {
            membership.Change(subscription);
            return;
        }

        _offsets.IsSubscribed = true;
        _membership = new Membership(_group, _holdings, subscription);
    }

    public async Task UnsubscribeAsync()
    {
        if (_holdings.IsCalling)
        {
            throw new InvalidOperationException("A consumer cannot be ended by its own rebalance callback, which its end would wait for. End it where it is enumerated.");
        }

        if (_membership is { } membership)
        {
            _membership = null;
            await membership.DisposeAsync().ConfigureAwait(false);
            _offsets.IsSubscribed = false;
        }
    }

    /// <summary>An enumeration begins.</summary>
    /// <exception cref="KafkaException">The group has put this consumer out for good.</exception>
    public void Ask()
    {
        _membership?.Ask();
        _placementWake.Set();
    }

    /// <summary>Partitions have been named that go on from what is committed.</summary>
    public void Place() => _placementWake.Set();

    public async ValueTask DisposeAsync()
    {
        await UnsubscribeAsync().ConfigureAwait(false);
        if (_group.Options.AutoCommit && _group.Prefetch.Assignment().Count > 0)
        {
            await CommitLastAsync().ConfigureAwait(false);
        }

        await _lifetime.CancelAsync().ConfigureAwait(false);
        _placementWake.Set();
        await _placing.ConfigureAwait(false);
        await _committing.ConfigureAwait(false);
        await _group.Coordinator.DisposeAsync().ConfigureAwait(false);
        _offsets.Dispose();
        _placementWake.Dispose();
        _lifetime.Dispose();
    }

    /// <summary>For partitions that the caller has named; those of the group have been given up by now.</summary>
    private async Task CommitLastAsync()
    {
        using var patience = new CancellationTokenSource(_group.Cluster.Options.RequestTimeout, _group.Cluster.Clock);
        try
        {
            await _offsets.CommitFinishedAsync(only: null, _group.Cluster.Options.RequestTimeout, patience.Token, isLast: true).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
        {
            _group.Cluster.Watch.ConsumerLog.LastCommitFailed(_group.GroupId, failure.Message);
        }
    }

    private async Task CommitNowAndThenAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(_group.Options.AutoCommitInterval, _group.Cluster.Clock, _lifetime.Token).ConfigureAwait(false);
                if (!_offsets.IsSubscribed || _group.Identity.IsMember)
                {
                    await _offsets.CommitFinishedAsync(only: null, TimeSpan.Zero, _lifetime.Token).ConfigureAwait(false);
                }
            }
            catch (KafkaGroupException failure) when (failure.ErrorCode == Protocol.Errors.ErrorCode.GroupAuthorizationFailed)
            {
                _group.Prefetch.Tell(failure);
            }
            catch (KafkaException failure)
            {
                // The next turn has all that is finished by then; what has become of the membership is told by the membership.
                _group.Cluster.Watch.ConsumerLog.CommitFailed(_group.GroupId, failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
