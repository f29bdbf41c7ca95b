namespace Spate.Broker.Fetching;

/// <summary>
/// The fetch sessions of this broker, as many as <c>max.incremental.fetch.session.cache.slots</c> allows. When all places are taken, a new
/// session gets that of one that was not used for two minutes; else that of a smaller one which is older than two minutes, where followers
/// count for more than any consumer. So small sessions cannot drive out large ones, nor new ones each other. Safe for use by several threads
/// at once.
/// </summary>
internal sealed class FetchSessionCache(Func<int> slots, TimeProvider clock, Random random, int partitionsMax = FetchSessionCache.PartitionsMax)
{
    /// <summary>How long a session has its place for certain.</summary>
    public static readonly TimeSpan EvictionTime = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Partitions of all sessions together, some 300 MB; Kafka bounds only the sessions. Beyond it no session begins or grows, and fetches are full ones.
    /// </summary>
    public const int PartitionsMax = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Partitions of all sessions.</summary>
    public int PartitionCount { get; private set; }

    /// <summary>Sessions that had to give way to another one so far.</summary>
    public long Evictions { get; private set; }

    public FetchSession? Find(int id)
    {
        lock (_lock)
        {
            return _sessions.GetValueOrDefault(id);
        }
    }

    /// <summary>Begins a session, or gives null when there is no place for it: the client goes on with full fetches then.</summary>
    public FetchSession? TryBegin(FetchedPartitions partitions, bool isPrivileged, bool namesTopicsById)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var size = partitions.Count;
            if (PartitionCount + size > partitionsMax || (_sessions.Count >= slots() && !TryEvict(isPrivileged, size, now)))
            {
                return null;
            }

            var session = new FetchSession(NewId(), partitions, isPrivileged, namesTopicsById) { CreatedAt = now, UsedAt = now, Size = size };
            _sessions.Add(session.Id, session);
            PartitionCount += size;
            return session;
        }
    }

    /// <summary>Notes that a session is used, and how many partitions it has now.</summary>
    /// <returns>False when it has grown beyond what all sessions may have, and is none any more.</returns>
    public bool Touch(FetchSession session)
    {
        lock (_lock)
        {
            if (!IsHere(session))
            {
                return true;
            }

            session.UsedAt = clock.GetTimestamp();
            var growth = session.Partitions.Count - session.Size;
            if (growth > 0 && PartitionCount + growth > partitionsMax)
            {
                Take(session);
                return false;
            }

            session.Size += growth;
            PartitionCount += growth;
            return true;
        }
    }

    public void End(int id)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(id, out var session))
            {
                Take(session);
            }
        }
    }

    public void End(FetchSession session)
    {
        lock (_lock)
        {
            if (IsHere(session))
            {
                Take(session);
            }
        }
    }

    private bool IsHere(FetchSession session) => _sessions.TryGetValue(session.Id, out var known) && ReferenceEquals(known, session);

    private void Take(FetchSession session)
    {
        _sessions.Remove(session.Id);
        PartitionCount -= session.Size;
        session.Close();
    }

    private bool TryEvict(bool isPrivileged, int size, long now)
    {
        FetchSession? oldest = null;
        FetchSession? least = null;
        foreach (var session in _sessions.Values)
        {
            if (oldest is null || session.UsedAt < oldest.UsedAt)
            {
                oldest = session;
            }

            var mayGo = clock.GetElapsedTime(session.CreatedAt, now) > EvictionTime || (isPrivileged && !session.IsPrivileged);
            if (mayGo && (least is null || IsLess(session.IsPrivileged, session.Size, least.IsPrivileged, least.Size)))
            {
                least = session;
            }
        }

        var evicted = oldest is not null && clock.GetElapsedTime(oldest.UsedAt, now) > EvictionTime ? oldest
            : least is not null && IsLess(least.IsPrivileged, least.Size, isPrivileged, size) ? least
            : null;
        if (evicted is null)
        {
            return false;
        }

        Take(evicted);
        Evictions++;
        return true;
    }

    private static bool IsLess(bool isPrivileged, int size, bool otherIsPrivileged, int otherSize) =>
        isPrivileged == otherIsPrivileged ? size < otherSize : otherIsPrivileged;

    private int NewId()
    {
        while (true)
        {
            var id = random.Next(1, int.MaxValue);
            if (!_sessions.ContainsKey(id))
            {
                return id;
            }
        }
    }
}
