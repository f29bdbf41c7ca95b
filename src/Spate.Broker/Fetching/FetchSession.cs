using System.Diagnostics.CodeAnalysis;

namespace Spate.Broker.Fetching;

/// <summary>
/// What a client need not say again with every fetch (KIP-227). It is bound to no connection: who names its id and its next epoch goes on with
/// it. Its fetches have turns, in the order in which they came; within a turn the partitions belong to the request. It survives nothing: after
/// a restart clients begin anew.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody waits for through a handle has nothing to let go of.")]
internal sealed class FetchSession(int id, FetchedPartitions partitions, bool isPrivileged, bool namesTopicsById)
{
    /// <summary>The epoch of a full fetch, which begins a session.</summary>
    public const int InitialEpoch = 0;

    /// <summary>The epoch of a full fetch that wants no session, and ends the one that it names.</summary>
    public const int FinalEpoch = -1;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private bool _isInUse;
    private bool _isClosed;

    public int Id { get; } = id;

    public FetchedPartitions Partitions { get; } = partitions;

    /// <summary>Whether a follower has it; those give way to other followers only.</summary>
    public bool IsPrivileged { get; } = isPrivileged;

    /// <summary>Whether it was begun in a version that names topics by id.</summary>
    public bool NamesTopicsById { get; } = namesTopicsById;

    /// <summary>The epoch that the next fetch must name. Within a turn only.</summary>
    public int NextEpoch { get; private set; } = After(InitialEpoch);

    /// <summary>A timestamp of the cache's clock, as the following two under the cache's lock.</summary>
    public long CreatedAt { get; init; }

    public long UsedAt { get; set; }

    /// <summary>Partitions as they are counted by the cache.</summary>
    public int Size { get; set; }

    /// <summary>The epoch that follows another one: it begins again behind 0, which means a new session.</summary>
    public static int After(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;

    /// <summary>Waits until no other request uses the session.</summary>
    /// <returns>False when it has ended meanwhile.</returns>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        lock (_lock)
        {
            _isInUse = !_isClosed;
            if (_isInUse)
            {
                return true;
            }
        }

        _turn.Release();
        return false;
    }

    public void Leave()
    {
        bool isLast;
        lock (_lock)
        {
            _isInUse = false;
            isLast = _isClosed;
        }

        if (isLast)
        {
            Partitions.Dispose();
        }

        _turn.Release();
    }

    public void Advance() => NextEpoch = After(NextEpoch);

    /// <summary>Ends the session; a request that uses it is answered as if nothing had happened.</summary>
    public void Close()
    {
        bool isUnused;
        lock (_lock)
        {
            isUnused = !_isClosed && !_isInUse;
            _isClosed = true;
        }

        if (isUnused)
        {
            Partitions.Dispose();
        }
    }
}
