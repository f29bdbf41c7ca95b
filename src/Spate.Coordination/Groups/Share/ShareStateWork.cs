using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// Sees to it that what the ledgers of groups say comes true: state is initialized that is to be there, and deleted that is to go, each tried again until it is done,
/// by whichever coordinator has the group. A group asks one thing at a time, so that nothing overtakes what was asked before.
/// </summary>
internal sealed class ShareStateWork(GroupShard shard, IShardContext context, ITopicCatalog catalog, IShareStateCalls calls, ShareGroupOptions options, ILogger logger)
{
    private const string RetryPurpose = "share-state";
    private const long LeftToTheLeader = -1;

    private readonly Dictionary<string, Queue<ShareStateJob>> _underWay = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resting = new(StringComparer.Ordinal);

    /// <summary>Takes up again what a group that came from the log has left to do, as soon as the shard serves.</summary>
    public void Resume(ShareGroup group) => LookAfter(group.Id, TimeSpan.Zero);

    /// <summary>Groups that may have state of any of these topics.</summary>
    public IReadOnlyList<string> GroupsWith(IReadOnlyCollection<string> topics) =>
        [.. shard.Groups.Where(group => group.Share?.Ledger.Names.Values.Any(topics.Contains) == true).Select(group => group.Id)];

    /// <summary>Topics have been deleted: the group's state of them is to go. Told when that is written down.</summary>
    public CommandOutcome ForgetTopics(string groupId, IReadOnlyCollection<string> topics, Reply<ErrorCode> reply)
    {
        if (shard.Find(groupId)?.Share is not { } group)
        {
            reply.Complete(ErrorCode.None);
            return CommandOutcome.Done;
        }

        HashSet<Uuid> gone = [.. group.Ledger.Names.Where(topic => topics.Contains(topic.Value)).Select(topic => topic.Key)];
        return CommandOutcome.Append([ShareGroupRecords.Ledger(groupId, group.Ledger.Doom(gone))], () =>
        {
            Look(group);
            reply.Complete(ErrorCode.None);
        });
    }

    /// <summary>Begins what there is to do for a group, unless it has something under way or something has just gone wrong.</summary>
    public void Look(ShareGroup group)
    {
        if (_underWay.ContainsKey(group.Id) || _resting.Contains(group.Id))
        {
            return;
        }

        var ledger = group.Ledger;
        if (Vanished(ledger).Count > 0)
        {
            LookAfter(group.Id, TimeSpan.Zero);
        }
        else if (!ledger.Deleting.IsEmpty)
        {
            Add(ShareStateJob.Delete(group.Id, Known(ledger, ledger.Deleting), outcome => Deleted(group.Id, ledger.Deleting, outcome, Nothing)));
        }
        else if (!ledger.Initializing.IsEmpty)
        {
            Add(ShareStateJob.Initialize(group.Id, ledger.Initializing, group.Epoch, (_, _) => LeftToTheLeader, outcome => Initialized(group.Id, outcome, Nothing)));
        }
    }

    /// <summary>Asks something once everything is done that the group has asked before.</summary>
    public void Add(ShareStateJob job)
    {
        if (!_underWay.TryGetValue(job.GroupId, out var queue))
        {
            queue = [];
            _underWay.Add(job.GroupId, queue);
        }

        queue.Enqueue(job);
        if (queue.Count == 1)
        {
            calls.Begin(job);
        }
    }

    /// <summary>A job is answered. One that this shard has not begun itself is passed over.</summary>
    public CommandOutcome Complete(ShareStateJob job, ShareStateOutcome outcome, Reply<ErrorCode> reply)
    {
        if (!_underWay.TryGetValue(job.GroupId, out var queue) || !ReferenceEquals(queue.Peek(), job))
        {
            reply.Complete(ErrorCode.NotCoordinator);
            return CommandOutcome.Done;
        }

        var settled = job.Settle(outcome);
        return CommandOutcome.Append(settled.Records, () =>
        {
            settled.WhenCommitted?.Invoke();
            Next(job.GroupId, queue, outcome);
            reply.Complete(ErrorCode.None);
        });
    }

    /// <summary>The partitions of topics that there may be state of. A ledger that Kafka wrote does not say which partitions of a topic are being deleted: all that there are, then.</summary>
    public PartitionSet Known(ShareLedger ledger, IReadOnlySet<Uuid> topics)
    {
        var known = ledger.Initializing.Union(ledger.Initialized).Where((topic, _) => topics.Contains(topic));
        return known.Union(PartitionSet.Of(topics.Where(topic => known.Of(topic).IsEmpty)
            .Select(catalog.Current.Find).OfType<TopicDescription>()
            .Select(topic => (topic.Id, Enumerable.Range(0, topic.PartitionCount)))));
    }

    /// <summary>Has all state of topics deleted. It is written down first, and so it will be done, whatever becomes of this coordinator.</summary>
    public CommandOutcome Delete(ShareGroup group, IReadOnlySet<Uuid> topics, Func<ShareStateOutcome, CommandOutcome> settle) => CommandOutcome.Append(
        [ShareGroupRecords.Ledger(group.Id, group.Ledger.Doom(topics))], () => Add(ShareStateJob.Delete(group.Id, Known(group.Ledger, topics), settle)));

    /// <summary>The state of topics has been deleted, except where the answer says otherwise.</summary>
    public CommandOutcome Deleted(string groupId, IReadOnlyCollection<Uuid> topics, ShareStateOutcome outcome, Action written) =>
        Write(groupId, ledger => ledger.Forget([.. topics.Where(topic => outcome.ErrorOf(topic) == ErrorCode.None)]), written);

    /// <summary>State has been initialized, except where the answer says otherwise.</summary>
    public CommandOutcome Initialized(string groupId, ShareStateOutcome outcome, Action written) => Write(groupId, ledger => ledger.Complete(outcome.Succeeded), written);

    private CommandOutcome Write(string groupId, Func<ShareLedger, ShareLedger> change, Action written) => CommandOutcome.Append(
        shard.Find(groupId)?.Share is { } group ? [ShareGroupRecords.Ledger(groupId, change(group.Ledger))] : [], written);

    private static void Nothing()
    {
    }

    private void Next(string groupId, Queue<ShareStateJob> queue, ShareStateOutcome outcome)
    {
        queue.Dequeue();
        if (queue.TryPeek(out var next))
        {
            calls.Begin(next);
            return;
        }

        _underWay.Remove(groupId);
        if (outcome.HasFailures)
        {
            GroupLog.ShareStateRefused(logger, groupId, outcome.AnyError);
            _resting.Add(groupId);
            LookAfter(groupId, options.StateRetryBackoff);
        }
        else if (shard.Find(groupId)?.Share is { } group)
        {
            Look(group);
        }
    }

    /// <summary>Topics that have been deleted and are not held to be so yet.</summary>
    private List<Uuid> Vanished(ShareLedger ledger) => [.. ledger.Topics.Where(topic => !ledger.Deleting.Contains(topic) && catalog.Current.Find(topic) is null)];

    /// <summary>Looks at a group by a command of its own, which can write down that topics have vanished.</summary>
    private void LookAfter(string groupId, TimeSpan delay) => context.Schedule(new TimerKey(RetryPurpose, groupId), delay, () =>
    {
        _resting.Remove(groupId);
        if (shard.Find(groupId)?.Share is not { } group)
        {
            return CommandOutcome.Done;
        }

        var vanished = Vanished(group.Ledger);
        return CommandOutcome.Append(vanished.Count == 0 ? [] : [ShareGroupRecords.Ledger(groupId, group.Ledger.Doom(vanished))], () => Look(group));
    });
}
