using Spate.Broker.Network;

namespace Spate.Broker.Shares.Sessions;

/// <summary>
/// What a member of a share group fetches from this node (KIP-932), so that it says only what changes. It goes with the connection on which it was begun, and what the
/// member holds is given to others then. Safe for use by several threads at once.
/// </summary>
internal sealed class ShareSession(string groupId, string memberId, ConnectionContext connection)
{
    /// <summary>The epoch of a request that begins a session.</summary>
    public const int InitialEpoch = 0;

    /// <summary>The epoch of a request that ends one.</summary>
    public const int FinalEpoch = -1;

    private readonly Lock _lock = new();
    private readonly List<SharedTopicPartition> _partitions = [];
    private int _nextEpoch = InitialEpoch + 1;
    private bool _isEnded;

    public string GroupId { get; } = groupId;

    public string MemberId { get; } = memberId;

    public ConnectionContext Connection { get; } = connection;

    /// <summary>Ends the watch over the connection.</summary>
    public CancellationTokenRegistration Watch { get; set; }

    /// <summary>Whether it has ended; what is acquired for its member from then on is to be given back.</summary>
    public bool IsEnded
    {
        get => Volatile.Read(ref _isEnded);
        set => Volatile.Write(ref _isEnded, value);
    }

    public int PartitionCount
    {
        get
        {
            lock (_lock)
            {
                return _partitions.Count;
            }
        }
    }

    /// <summary>Goes on to the next epoch when the request is of the one that is expected.</summary>
    public bool TryAdvance(int epoch)
    {
        lock (_lock)
        {
            if (epoch != _nextEpoch)
            {
                return false;
            }

            _nextEpoch = epoch == int.MaxValue ? 1 : epoch + 1;
            return true;
        }
    }

    /// <summary>Adds and takes away partitions; what is named in both is taken away, since members name what they only acknowledge so.</summary>
    public void Update(IEnumerable<SharedTopicPartition> added, IEnumerable<SharedTopicPartition> forgotten)
    {
        lock (_lock)
        {
            _partitions.AddRange(added.Distinct().Except(_partitions).ToList());
            var gone = forgotten.ToHashSet();
            _partitions.RemoveAll(gone.Contains);
        }
    }

    /// <summary>The partitions, each time beginning with another one, so that each has the first turn at some time.</summary>
    public IReadOnlyList<SharedTopicPartition> TakeTurns()
    {
        lock (_lock)
        {
            var first = _partitions.Count == 0 ? 0 : _nextEpoch % _partitions.Count;
            return [.. _partitions.Skip(first), .. _partitions.Take(first)];
        }
    }
}
