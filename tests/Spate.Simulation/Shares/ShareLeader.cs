using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>
/// The leader of a data partition in one epoch, as far as a share group goes: has the product's state machine, reads what was kept, and writes down
/// what becomes of records, one write after the other. It does not know when another one leads; the keeper does.
/// </summary>
internal sealed class ShareLeader
{
    private const long LeftToTheLeader = -1;
    private readonly World _world;
    private readonly SharedPartition _of;
    private readonly ShareHolds _holds = new();
    private readonly Queue<(ShareStateChange Change, Action<ErrorCode> Ended)> _writes = new();
    private SharePartition? _partition;

    private bool _isLoading;
    private int _stateEpoch;

    public ShareLeader(World world, SharedPartition of, Node node, int epoch) => (_world, _of, Node, Epoch) = (world, of, node, epoch);

    public Node Node { get; }

    public int Epoch { get; }

    public long? StartOffset => _partition?.StartOffset;

    public string Describe() => _partition is null ? "not loaded" : string.Join(", ", _partition.Describe());

    public override string ToString() => $"{Node} in epoch {Epoch} of partition {_of.Key.Partition}";

    /// <summary>ShareFetch: gives records to a member. What is kept is read when the first one asks.</summary>
    public IReadOnlyList<AcquiredRange> Acquire(string member, int most, AcquireMode mode)
    {
        if (_of.IsGone)
        {
            return [];
        }

        if (_partition is null && !_isLoading)
        {
            _isLoading = true;
            Load();
        }

        if (_partition?.NextOffset is not { } from)
        {
            return [];
        }

        var nowMs = _world.Agenda.NowMs;
        var ranges = _partition.Acquire(new AcquireRequest(member, most, 3, mode), from, _of.Read(from), nowMs);
        foreach (var range in ranges)
        {
            for (var offset = range.First; offset <= range.Last; offset++)
            {
                _of.Acquired(this, offset, member);
                if (_holds.Take(offset, member, nowMs + SharedPartition.Limits.LockDurationMs) is { } holder)
                {
                    _world.Fault(Checks.Holders, $"{this} gives {offset} to {member}, and {holder} holds it");
                }
            }
        }

        return ranges;
    }

    /// <summary>ShareAcknowledge: answered when it is written down.</summary>
    public Task<ErrorCode> AcknowledgeAsync(string member, AcquiredRange range, AcknowledgeType type)
    {
        if (_partition is null || _of.IsGone)
        {
            return Task.FromResult(ErrorCode.NotLeaderOrFollower);
        }

        // What lies before the start came to its end by somebody else's word; it is no error, and changes nothing.
        var nowMs = _world.Agenda.NowMs;
        var alive = range with { First = Math.Max(range.First, _partition.StartOffset) };
        var error = _partition.Acknowledge(member, [new Acknowledgement(range.First, range.Last, [(sbyte)type])], nowMs, out var change);
        if (error == ErrorCode.None && type == AcknowledgeType.Renew)
        {
            Each(alive, offset => _holds.Renew(offset, member, nowMs + SharedPartition.Limits.LockDurationMs));
        }

        if (error != ErrorCode.None || change is null)
        {
            return Task.FromResult(error);
        }

        var finishes = type is AcknowledgeType.Accept or AcknowledgeType.Reject;
        Each(alive, offset =>
        {
            if (finishes)
            {
                _of.Requested(offset);
            }
        });
        var answer = new TaskCompletionSource<ErrorCode>();
        Write(change, ended =>
        {
            if (ended == ErrorCode.None)
            {
                Each(alive, offset =>
                {
                    _holds.Release(offset);
                    if (finishes)
                    {
                        _of.Finished(this, offset);
                    }
                });
            }

            answer.SetResult(ended);
        });
        return answer.Task;
    }

    private static void Each(AcquiredRange range, Action<long> act)
    {
        for (var offset = range.First; offset <= range.Last; offset++)
        {
            act(offset);
        }
    }

    private void Load() => Ask(
        () => $"read state for {this}",
        async node => (await node.Shares.ReadAsync(new ReadShareGroupStateRequest
        {
            GroupId = _of.Key.GroupId,
            Topics = [new() { TopicId = _of.Key.TopicId, Partitions = [new() { Partition = _of.Key.Partition, LeaderEpoch = Epoch }] }],
        })).Results[0].Partitions[0],
        answer =>
        {
            _stateEpoch = answer?.StateEpoch ?? 0;
            if (answer is { ErrorCode: ErrorCode.None, StartOffset: LeftToTheLeader })
            {
                BeginAtTheFirst();
            }
            else if (answer?.ErrorCode == ErrorCode.None)
            {
                Lead(answer.StartOffset, answer.StateBatches.ConvertAll(static batch => new StateBatch(batch.FirstOffset, batch.LastOffset, (DeliveryState)batch.DeliveryState, batch.DeliveryCount)));
            }
            else if (answer?.ErrorCode != ErrorCode.FencedLeaderEpoch)
            {
                Again(Load);
            }
        });

    /// <summary>Nobody has said where the group begins, so it does at the first record; that is written down before anything is delivered.</summary>
    private void BeginAtTheFirst() => Ask(
        () => $"write the start of {this}",
        async node => (await node.Shares.WriteAsync(Request(new ShareStateChange { StartOffset = 0 }))).Results[0].Partitions[0],
        answer =>
        {
            if (answer?.ErrorCode == ErrorCode.None)
            {
                Lead(0, []);
            }
            else if (answer?.ErrorCode != ErrorCode.FencedLeaderEpoch)
            {
                Again(Load);
            }
        });

    private void Lead(long start, List<StateBatch> batches)
    {
        _of.Loaded(this, start, batches);
        _partition = new SharePartition(SharedPartition.Limits, start, batches);
        Watch();
    }

    private void Write(ShareStateChange change, Action<ErrorCode> ended)
    {
        _writes.Enqueue((change, ended));
        if (_writes.Count == 1)
        {
            WriteNext();
        }
    }

    private void WriteNext()
    {
        if (!_writes.TryPeek(out var write))
        {
            return;
        }

        var (change, ended) = write;
        Ask(
            () => $"write state from {change.StartOffset} with {string.Join(' ', change.Batches)} by {this}",
            async node => (await node.Shares.WriteAsync(Request(change))).Results[0].Partitions[0],
            answer =>
            {
                var error = answer?.ErrorCode ?? ErrorCode.RequestTimedOut;
                if (error == ErrorCode.None)
                {
                    _partition!.Commit(change);
                }
                else
                {
                    _partition!.RollBack(change);
                }

                _writes.Dequeue();
                ended(error);
                WriteNext();
            });
    }

    private WriteShareGroupStateRequest Request(ShareStateChange change) => new()
    {
        GroupId = _of.Key.GroupId,
        Topics =
        [
            new()
            {
                TopicId = _of.Key.TopicId,
                Partitions =
                [
                    new()
                    {
                        Partition = _of.Key.Partition, StateEpoch = _stateEpoch, LeaderEpoch = _world.Sabotage.HeardLeaderEpoch(Epoch), StartOffset = change.StartOffset,
                        DeliveryCompleteCount = change.DeliveryCompleteCount,
                        StateBatches = [.. change.Batches.Select(static batch => new WriteShareGroupStateRequest.StateBatch
                        {
                            FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
                        })],
                    },
                ],
            },
        ],
    };

    /// <summary>Takes back what is held too long.</summary>
    private void Watch() => Again(() =>
    {
        if (_partition!.ExpireLocks(_world.Sabotage.LockTime(_world.Agenda.NowMs)) is { } change)
        {
            _holds.Expire(_world.Agenda.NowMs);
            Write(change, static _ => { });
        }

        Watch();
    });

    private void Ask<TAnswer>(Func<string> what, Func<Node, ValueTask<TAnswer>> ask, Action<TAnswer?> heard)
        where TAnswer : class => _world.Network.Call(Node.ToString(), _world.Cluster.Find(InternalTopic.ShareStates, _of.Key.ToString()).Leader, what, ask, answer =>
        {
            if (Node.IsAlive)
            {
                heard(answer);
            }
        });

    private void Again(Action act) => _world.Agenda.Put(_world.Between(100, 600), () => $"{this} goes on", () =>
    {
        if (!Node.IsAlive || _of.IsGone)
        {
            return false;
        }

        act();
        return true;
    });
}
