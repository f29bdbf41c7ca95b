using Microsoft.Extensions.Logging;
using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// The partitions that a member has of its group, and how they change hands: between two records, with what is finished committed before anything is given up, and the caller's callbacks
/// awaited. One change at a time.
/// </summary>
internal sealed class Holdings(GroupContext group, GroupOffsets offsets, Consumer consumer, WakeSignal placement)
{
    private readonly AsyncLocal<bool> _isCalling = new();
    private volatile HashSet<TopicPartition> _held = [];

    /// <summary>What the member has. Immutable; replaced by each change.</summary>
    public IReadOnlySet<TopicPartition> Held => _held;

    /// <summary>Whether this is running in one of the caller's callbacks.</summary>
    public bool IsCalling => _isCalling.Value;

    private ILogger Log => group.Cluster.Watch.ConsumerLog;

    /// <summary>Gives up what is not among these, then takes what is new among them.</summary>
    /// <returns>Whether anything was given up.</returns>
    public async Task<bool> ChangeAsync(IReadOnlyCollection<TopicPartition> target, CancellationToken life)
    {
        var next = target.ToHashSet();
        var revoked = _held.Where(name => !next.Contains(name)).ToList();
        var added = next.Where(name => !_held.Contains(name)).ToList();
        if (revoked.Count == 0 && added.Count == 0)
        {
            return false;
        }

        await group.Floor.SeizeAsync(life).ConfigureAwait(false);
        try
        {
            if (revoked.Count > 0)
            {
                await GiveUpAsync(revoked, life).ConfigureAwait(false);
            }

            if (added.Count > 0)
            {
                _held = next;
                Log.Assigned(group.GroupId, string.Join(", ", added));
                group.Prefetch.Add(added, isPlaced: false, mayCreate: false);
                await CallAsync(nameof(group.Options.OnAssigned), group.Options.OnAssigned, added, life).ConfigureAwait(false);
                placement.Set();
            }
        }
        finally
        {
            group.Floor.Return();
        }

        return revoked.Count > 0;
    }

    /// <summary>The group has put the member out: nothing of what it had is handed out any more.</summary>
    public async Task LoseAsync(CancellationToken lifetime)
    {
        var lost = _held.ToList();
        _held = [];
        if (lost.Count == 0)
        {
            return;
        }

        group.Prefetch.Remove(lost);
        Log.Lost(group.GroupId, string.Join(", ", lost));
        await group.Floor.SeizeAsync(lifetime).ConfigureAwait(false);
        try
        {
            if (group.Options.OnLost is { } told)
            {
                await CallAsync(nameof(group.Options.OnLost), told, lost, lifetime).ConfigureAwait(false);
            }
            else
            {
                await CallAsync(nameof(group.Options.OnRevoked), group.Options.OnRevoked, lost, lifetime).ConfigureAwait(false);
            }
        }
        finally
        {
            group.Floor.Return();
        }
    }

    /// <summary>Gives everything up at the end. The record that is in somebody's hands, if one is, does not count as finished.</summary>
    public async Task EndAsync(CancellationToken patience)
    {
        var held = _held.ToList();
        if (held.Count == 0)
        {
            return;
        }

        try
        {
            await GiveUpAsync(held, patience).ConfigureAwait(false);
        }
        finally
        {
            group.Prefetch.Remove(held);
            _held = [];
        }
    }

    /// <summary>
    /// The member is about to leave while somebody still has a record in hand: what is finished is committed, and nothing more is handed out. <see cref="LoseAsync"/> tells of it later.
    /// </summary>
    public async Task AbandonAsync(CancellationToken lifetime)
    {
        await CommitAsync(_held, lifetime).ConfigureAwait(false);
        group.Prefetch.Remove(_held);
    }

    private async Task GiveUpAsync(List<TopicPartition> revoked, CancellationToken life)
    {
        await CommitAsync(revoked, life).ConfigureAwait(false);
        await CallAsync(nameof(group.Options.OnRevoked), group.Options.OnRevoked, revoked, life).ConfigureAwait(false);
        Log.GivenUp(group.GroupId, string.Join(", ", revoked));
        _held = _held.Except(revoked).ToHashSet();
        group.Prefetch.Remove(revoked);
    }

    private async Task CommitAsync(IReadOnlyCollection<TopicPartition> names, CancellationToken life)
    {
        if (!group.Options.AutoCommit || names.Count == 0)
        {
            return;
        }

        try
        {
            await offsets.CommitFinishedAsync(names, group.Cluster.Options.RequestTimeout, life, isLast: true).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            // The partitions go whether or not it worked, which is what at least once means.
            Log.LastCommitFailed(group.GroupId, failure.Message);
        }
    }

    private async Task CallAsync(string name, RebalanceCallback? callback, List<TopicPartition> partitions, CancellationToken life)
    {
        if (callback is null)
        {
            return;
        }

        try
        {
            _isCalling.Value = true;
            await callback(consumer, partitions, life).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !life.IsCancellationRequested)
        {
            group.Prefetch.Tell(new KafkaGroupException(
                ErrorCode.UnknownServerError, group.GroupId, $"{name} of the consumer in group '{group.GroupId}' failed: {failure.Message} The partitions have changed hands nonetheless: {string.Join(", ", partitions)}.", failure));
        }
        finally
        {
            _isCalling.Value = false;
        }
    }
}
