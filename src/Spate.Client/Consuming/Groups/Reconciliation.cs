using Spate.Client.Connections;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Brings what a member has to what its group wants it to have, one change at a time, beside the heartbeats. The newest aim counts: one that comes during a change is taken up after it.
/// Steered by one loop.
/// </summary>
internal sealed class Reconciliation(GroupContext group, Holdings holdings, TopicNames names, WakeSignal wake)
{
    private ConsumerGroupHeartbeatResponse.MemberAssignment? _aim;
    private ConsumerGroupHeartbeatResponse.MemberAssignment? _tried;
    private volatile bool _isReached = true;
    private Task _changing = Task.CompletedTask;

    /// <summary>Whether partitions are changing hands, so that what the member has is not settled.</summary>
    public bool IsRunning => !_changing.IsCompleted;

    /// <summary>A heartbeat was answered: what the group wants from now on, null for no change. What could not be reached before is tried again.</summary>
    public void Aim(ConsumerGroupHeartbeatResponse.MemberAssignment? aim, CancellationToken stay)
    {
        _aim = aim ?? _aim;
        if (!IsRunning && !_isReached)
        {
            _tried = null;
        }

        GoOn(stay);
    }

    /// <summary>Begins the next change if there is one to make and none under way.</summary>
    public void GoOn(CancellationToken stay)
    {
        if (!IsRunning && !ReferenceEquals(_aim, _tried) && !stay.IsCancellationRequested)
        {
            _tried = _aim;
            _isReached = false;
            _changing = ChangeAsync(_aim!, stay);
            wake.SetAfter(_changing);
        }
    }

    /// <summary>Waits for a change under way to end, once its token has been cancelled.</summary>
    public Task EndAsync() => _changing;

    private async Task ChangeAsync(ConsumerGroupHeartbeatResponse.MemberAssignment aim, CancellationToken stay)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var patience = new Patience(group, "Looking up assigned topics");
        try
        {
            while (true)
            {
                try
                {
                    var wanted = await names.ResolveAsync(aim, stay).ConfigureAwait(false);
                    await holdings.ChangeAsync(wanted, stay).ConfigureAwait(false);

                    // An id without a name stays unreached: the next heartbeat tries again, or brings another aim.
                    _isReached = wanted.Count == aim.TopicPartitions.Sum(static topic => topic.Partitions.Count);
                    return;
                }
                catch (KafkaException failure)
                {
                    await patience.FailedAsync(failure, stay).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The member goes.
        }
    }
}
