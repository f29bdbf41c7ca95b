using Spate.Client.Connections;
using Spate.Protocol.Errors;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// A consumer's life in its group: it joins when somebody enumerates, leaves when nobody has asked for a record for too long, and comes back when an enumeration begins anew. One loop
/// runs it; what goes wrong is told by the enumeration.
/// </summary>
internal sealed class Membership : IAsyncDisposable
{
    private readonly GroupContext _group;
    private readonly Holdings _holdings;
    private readonly IGroupMember _member;
    private readonly WakeSignal _asked;
    private readonly WakeSignal _wake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Task _loop;
    private volatile Subscription _subscription;
    private volatile KafkaException? _end;

    public Membership(GroupContext group, Holdings holdings, Subscription subscription)
    {
        _group = group;
        _holdings = holdings;
        _subscription = subscription;
        _asked = new WakeSignal(group.Cluster.Clock);
        _wake = new WakeSignal(group.Cluster.Clock);
        _member = group.Options.GroupProtocol == GroupProtocol.Consumer
            ? new ConsumerMember(group, holdings, () => _subscription, _wake)
            : new ClassicMember(group, holdings, () => _subscription, _wake);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Subscribes to something else from here on.</summary>
    public void Change(Subscription subscription)
    {
        _subscription = subscription;
        _wake.Set();
    }

    /// <summary>An enumeration begins.</summary>
    /// <exception cref="KafkaException">The group has put this consumer out for good.</exception>
    public void Ask()
    {
        if (_end is { } end)
        {
            throw end;
        }

        _asked.Set();
    }

    /// <summary>Commits what is finished, gives everything up, and leaves; a static member only goes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _asked.Set();
        _wake.Set();
        await _loop.ConfigureAwait(false);
        using var patience = new CancellationTokenSource(_group.Cluster.Options.RequestTimeout, _group.Cluster.Clock);
        try
        {
            await _holdings.EndAsync(patience.Token).ConfigureAwait(false);
            await _member.LeaveAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
        {
            _group.Cluster.Watch.ConsumerLog.LeaveFailed(_group.GroupId, failure.Message);
        }

        _group.Identity = MemberIdentity.None;
        _asked.Dispose();
        _wake.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_lifetime.IsCancellationRequested && _end is null)
        {
            await _asked.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            if (_lifetime.IsCancellationRequested)
            {
                return;
            }

            var failure = await LiveAsync().ConfigureAwait(false);
            if (failure is null)
            {
                return;
            }

            try
            {
                failures = _group.Identity.IsMember ? 1 : failures + 1;
                _group.Identity = _group.Identity.Outside;
                await _holdings.LoseAsync(_lifetime.Token).ConfigureAwait(false);
                _group.Cluster.Watch.ConsumerLog.Out(_group.GroupId, failure.Message);
                _end = failure.IsFatal ? failure : null;
                _group.Prefetch.Tell(failure);
                if (!failure.IsFatal)
                {
                    await LeaveAsync().ConfigureAwait(false);
                }

                // Whoever enumerates again at once, whatever is said, does not have the coordinator asked as often.
                await Task.Delay(_group.Cluster.Options.NewRetryBackoff().After(failures, _group.Cluster.Chance), _group.Cluster.Clock, _lifetime.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One stay in the group. Null when the consumer ends, else why it is over.</summary>
    private async Task<KafkaException?> LiveAsync()
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.Token);
        var watching = new PollWatch(_group).RunAsync(life.Token);
        var living = _member.LiveAsync(life.Token);
        _wake.SetAfter(watching);
        await Task.WhenAny(watching, living).ConfigureAwait(false);
        await life.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        KafkaException? failure = null;
        try
        {
            await living.ConfigureAwait(false);
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (ObjectDisposedException) when (_group.Cluster.IsDisposed)
        {
            failure = Cluster.Ended();
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The consumer ends, or nobody asks for records any more.
        }
        catch (Exception fault)
        {
            // Such as an assignor of the caller's own, or a pattern, that throws: without a word the enumeration would wait for ever.
            failure = new KafkaGroupException(ErrorCode.UnknownServerError, _group.GroupId, $"The membership in group '{_group.GroupId}' broke: {fault.Message} The group is joined anew when an enumeration is begun anew.", fault);
        }

        if (!await watching.ConfigureAwait(false))
        {
            return failure;
        }

        await AbandonAsync().ConfigureAwait(false);
        return new KafkaGroupException(
            ErrorCode.UnknownMemberId,
            _group.GroupId,
            $"The consumer has left group '{_group.GroupId}', since nobody had asked it for a record for MaxPollInterval ({_group.Options.MaxPollInterval.TotalMilliseconds} ms): its partitions are others' now, and what was not committed is read again. Begin the enumeration anew to come back; raise MaxPollInterval, or do less for each record.")
        {
            IsRetriable = true,
        };
    }

    private async Task AbandonAsync()
    {
        try
        {
            await _holdings.AbandonAsync(_lifetime.Token).ConfigureAwait(false);
            await LeaveAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The consumer ends meanwhile, and says the rest then.
        }
    }

    /// <summary>Nobody waits for a member that has gone, or that the group would not have and has an id of all the same.</summary>
    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(_group.Cluster.Options.RequestTimeout, _group.Cluster.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _lifetime.Token);
        try
        {
            await _member.LeaveAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
        {
            _group.Cluster.Watch.ConsumerLog.LeaveFailed(_group.GroupId, failure.Message);
        }
    }
}
