using Spate.Client.Connections;
using Spate.Client.Telemetry;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Sharing;

/// <summary>
/// What a share consumer has been given, and what it has to say of it: chunks that wait to be handed out, acknowledgements that wait to be sent, failures that wait to be told. Everything is under
/// <see cref="Gate"/>; members that say so expect the caller to hold it.
/// </summary>
internal sealed class ShareLedger(Cluster cluster, ShareConsumerOptions options, ShareWatch watch, WakeSignal wake, WakeSignal arrival)
{
    private readonly LinkedList<ShareChunk> _ready = new();
    private readonly Queue<KafkaException> _failures = new();
    private readonly Dictionary<TopicPartition, KafkaException?> _answers = [];
    private bool _isOver;

    public Lock Gate { get; } = new();

    /// <summary>The brokers that something is going on with. Under the gate.</summary>
    public Dictionary<int, ShareNode> Nodes { get; } = [];

    /// <summary>The partitions that are left alone for a while. Under the gate.</summary>
    public PartitionRests Rests { get; } = new(cluster);

    /// <summary>Whether the enumeration waits for records. Under the gate.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>The next chunk, if there is one; otherwise brokers are asked.</summary>
    /// <exception cref="KafkaException">Something has to be told.</exception>
    public ShareChunk? Take()
    {
        lock (Gate)
        {
            if (_failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            if (_ready.First is { } first)
            {
                _ready.RemoveFirst();
                IsAsking = false;
                return first.Value;
            }

            IsAsking = true;
        }

        wake.Set();
        return null;
    }

    /// <summary>The enumeration has ended: what is left of a chunk is handed out by the next one.</summary>
    public void Leave(ShareChunk? rest)
    {
        lock (Gate)
        {
            IsAsking = false;
            if (rest is { IsSpent: false } && !_isOver)
            {
                _ready.AddFirst(rest);
                return;
            }
        }

        rest?.Fetched.Frame.Release();
    }

    /// <summary>A chunk has come. Under the gate.</summary>
    public void Add(ShareChunk chunk)
    {
        _ready.AddLast(chunk);
        IsAsking = false;
        arrival.Set();
    }

    /// <summary>Something is to be told by the enumeration.</summary>
    public void Tell(KafkaException failure)
    {
        lock (Gate)
        {
            _failures.Enqueue(failure);
        }

        arrival.Set();
    }

    /// <summary>How often a record was delivered, if it is this member's. One whose lock has ended before it could be handed out is told of, and delivered again.</summary>
    public short? DeliveryCountOf(ShareLease lease, long offset)
    {
        lock (Gate)
        {
            if (lease.IsHeld && lease.LockedUntil > cluster.Clock.GetTimestamp())
            {
                return lease.DeliveryCountOf(offset);
            }

            if (!lease.Take(offset))
            {
                return null;
            }
        }

        Report(lease.Name, [offset], new KafkaException(
            ErrorCode.InvalidRecordState, $"The lock of the record at {lease.Name}, offset {offset}, ended before it was handed out: it is delivered again. Take fewer at once (MaxRecords), or raise the group's share.record.lock.duration.ms.")
        {
            Partition = lease.Name,
        });
        return null;
    }

    /// <summary>Whether something has been said of a record.</summary>
    public bool IsAcknowledged(ShareLease lease, long offset)
    {
        lock (Gate)
        {
            return lease.DeliveryCountOf(offset) is null;
        }
    }

    /// <summary>Says something of a record, with the next request that goes to its leader.</summary>
    /// <returns>False when it has been acknowledged already.</returns>
    public bool TryAcknowledge(ShareLease lease, long offset, AcknowledgeType type)
    {
        KafkaException? lost = null;
        lock (Gate)
        {
            if (!lease.Take(offset))
            {
                return false;
            }

            if (lease.IsHeld)
            {
                Say(lease.Node, lease, offset, type);
            }
            else
            {
                lost = SessionEnded(lease.Name);
                Keep(lease.Name, lost);
            }
        }

        if (lost is not null)
        {
            Report(lease.Name, [offset], lost);
        }

        wake.Set();
        return true;
    }

    /// <summary>Offsets that were acquired have turned out to hold no record that could be handed out. Under no gate.</summary>
    public void Pass(ShareLease lease, long from, long to, AcknowledgeType type)
    {
        lock (Gate)
        {
            foreach (var offset in lease.TakePassed(from, to))
            {
                if (lease.IsHeld)
                {
                    Say(lease.Node, lease, offset, type);
                }
            }
        }
    }

    /// <summary>Asks for more time for a record.</summary>
    public Task<KafkaException?> RenewAsync(ShareLease lease, long offset)
    {
        Task<KafkaException?> answered;
        lock (Gate)
        {
            if (lease.DeliveryCountOf(offset) is null)
            {
                throw new InvalidOperationException($"The record at {lease.Name}, offset {offset}, has been acknowledged already.");
            }

            if (!lease.IsHeld)
            {
                return Task.FromResult<KafkaException?>(SessionEnded(lease.Name));
            }

            var group = GroupOf(lease.Node.Renewals, lease);
            group.Add(offset, AcknowledgeType.Renew);
            answered = group.Answered;
        }

        wake.Set();
        return answered;
    }

    /// <summary>Sends what waits to be acknowledged; ends when all that was said before is answered.</summary>
    /// <returns>The first error of each partition since the last call, or null.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, KafkaException?>> FlushAsync(CancellationToken cancellationToken)
    {
        List<AcknowledgementGroup> groups;
        lock (Gate)
        {
            groups = [.. Nodes.Values.SelectMany(static node => node.Sent.Concat(node.Pending.Values))];
            foreach (var node in Nodes.Values)
            {
                node.IsFlushing |= node.Pending.Count > 0;
            }
        }

        wake.Set();
        foreach (var group in groups)
        {
            await group.Answered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (Gate)
        {
            var results = new Dictionary<TopicPartition, KafkaException?>(_answers);
            _answers.Clear();
            return results;
        }
    }

    /// <summary>A leader has answered acknowledgements, or cannot any more. Under no gate, since it tells the caller.</summary>
    public void Answer(AcknowledgementGroup group, KafkaException? error)
    {
        if (group.Offsets() is { Count: > 0 } offsets)
        {
            if (!group.IsRenewal)
            {
                lock (Gate)
                {
                    Keep(group.Name, error);
                }
            }

            Report(group.Name, offsets, error);
        }

        group.Answer(error);
    }

    /// <summary>Lets go of all memory, at the end.</summary>
    public void Clear()
    {
        lock (Gate)
        {
            foreach (var chunk in _ready)
            {
                chunk.Fetched.Frame.Release();
            }

            _ready.Clear();
            _isOver = true;
        }
    }

    /// <summary>Keeps what became of acknowledgements until somebody asks: of those of one partition the first that does not count. Under the gate.</summary>
    private void Keep(TopicPartition name, KafkaException? error) => _answers[name] = _answers.GetValueOrDefault(name) ?? error;

    private void Report(TopicPartition name, IReadOnlyList<long> offsets, KafkaException? error)
    {
        watch.Acknowledged(name, offsets.Count, error);
        try
        {
            options.OnAcknowledged?.Invoke(new AcknowledgementResult(name, offsets, error));
        }
        catch (Exception thrown)
        {
            Tell(new KafkaException(ErrorCode.UnknownServerError, $"OnAcknowledged threw {thrown.GetType().Name}: {thrown.Message} It must not; the acknowledgements were answered nonetheless.", thrown));
        }
    }

    private static KafkaException SessionEnded(TopicPartition name) => new(
        ErrorCode.ShareSessionNotFound, $"What was acquired of {name} is not held for this member any more, since its session with the leader has ended: it is delivered again.")
    {
        Partition = name,
        IsRetriable = false,
    };

    private static AcknowledgementGroup GroupOf(Dictionary<TopicPartition, AcknowledgementGroup> groups, ShareLease lease)
    {
        if (!groups.TryGetValue(lease.Name, out var group))
        {
            groups.Add(lease.Name, group = new AcknowledgementGroup(lease.Name, lease.TopicId));
        }

        return group;
    }

    private void Say(ShareNode node, ShareLease lease, long offset, AcknowledgeType type)
    {
        if (node.Pending.Count == 0)
        {
            node.PendingSince = cluster.Clock.GetTimestamp();
        }

        GroupOf(node.Pending, lease).Add(offset, type);
    }
}
