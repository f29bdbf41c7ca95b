using Spate.Client.Producing.Transactions;

namespace Spate.Client.Producing;

/// <summary>Finds the batches whose time has come, and puts those of one leader into one request. Belongs to the sender's loop.</summary>
internal sealed class ProduceDrafter(
    Cluster cluster,
    ProducerOptions options,
    Accumulator accumulator,
    ProducerNumbers numbers,
    TransactionSlot transactions,
    TransactionEnrolment enrolment,
    ProducerNodes nodes,
    ProducerAgenda agenda)
{
    private readonly Dictionary<int, ProduceDraft> _drafts = [];
    private readonly long _linger = agenda.Ticks(options.Linger);
    private int _turn;

    /// <summary>The requests that were filled last.</summary>
    public IReadOnlyCollection<ProduceDraft> Drafts => _drafts.Values;

    /// <summary>Fills a request for each leader that can take one; says whether there is any.</summary>
    /// <param name="queues">Queues that may have something to send.</param>
    /// <param name="isFlushing">Whether batches do not wait for more records.</param>
    public bool Draft(List<PartitionQueue> queues, bool isFlushing)
    {
        _drafts.Clear();

        // Whoever was first in the last round is not first in this one, so that a full request does not starve anybody.
        _turn++;
        for (var index = 0; index < queues.Count; index++)
        {
            Draft(queues[(int)((uint)(_turn + index) % (uint)queues.Count)], isFlushing);
        }

        return _drafts.Count > 0;
    }

    private void Draft(PartitionQueue queue, bool isFlushing)
    {
        if (OldestDueOf(queue, isFlushing) is not { } batch || !enrolment.MayWrite(queue.Name) || !numbers.MaySend(queue, batch))
        {
            return;
        }

        if (cluster.Metadata.Current.Find(queue.Name) is not { HasLeader: true } partition)
        {
            // What waits matters, however long ago the last record came.
            cluster.Metadata.Watch(queue.Name.Topic);
            cluster.Metadata.Invalidate();
            agenda.ComeBackAfter(cluster.Options.RetryBackoff);
            return;
        }

        if ((_drafts.GetValueOrDefault(partition.Leader) ?? Begin(partition.Leader)) is not { } draft)
        {
            return;
        }

        lock (queue.Gate)
        {
            if (!draft.HasRoomFor(batch, options.MaxRequestSize))
            {
                return;
            }

            queue.Take();
        }

        queue.PutOnWire(batch);
        draft.Add(batch);
    }

    /// <summary>A request to a leader, if it can take one now.</summary>
    private ProduceDraft? Begin(int leader)
    {
        var node = nodes.Of(leader);
        if (node.UnderWay.Count >= options.MaxInFlight)
        {
            return null;
        }

        if (node.MutedUntil > agenda.Now)
        {
            agenda.ComeBackAt(node.MutedUntil);
            return null;
        }

        if (nodes.ConnectionTo(leader, node) is not { } connection)
        {
            return null;
        }

        var draft = new ProduceDraft(leader, connection, transactions.Scope);
        _drafts.Add(leader, draft);
        return draft;
    }

    /// <summary>The oldest batch of a queue, if it is time to send it.</summary>
    private ProducerBatch? OldestDueOf(PartitionQueue queue, bool isFlushing)
    {
        lock (queue.Gate)
        {
            if (queue.Waiting.Count == 0)
            {
                return null;
            }

            var oldest = queue.Waiting[0];
            var isPressed = queue.Waiting.Count > 1 || oldest.Size >= options.BatchSize || isFlushing || accumulator.Memory.HasWaiters;
            var due = oldest.Attempts > 0 ? oldest.RetryAt : isPressed ? agenda.Now : oldest.CreatedAt + _linger;
            if (due > agenda.Now)
            {
                agenda.ComeBackAt(due);
                return null;
            }

            return oldest;
        }
    }
}
