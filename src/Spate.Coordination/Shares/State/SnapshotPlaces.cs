namespace Spate.Coordination.Shares.State;

/// <summary>
/// Where in a partition of __share_group_state the snapshots lie that count. What precedes the oldest of them says nothing any more: an update that counts comes after
/// the snapshot that it belongs to. Touched by the shard's loop only.
/// </summary>
internal sealed class SnapshotPlaces
{
    private readonly Dictionary<SharePartitionKey, long> _offsets = [];
    private SharePartitionKey? _taken;
    private long _next;

    /// <summary>The first offset that still counts; the end of the log when nothing does.</summary>
    public long OldestNeeded => _offsets.Count == 0 ? _next : _offsets.Values.Min();

    /// <summary>A snapshot was taken in, whose place will be told next.</summary>
    public void Taken(SharePartitionKey key) => _taken = key;

    /// <summary>A share partition is forgotten.</summary>
    public void Forgotten(SharePartitionKey key) => _offsets.Remove(key);

    /// <summary>Where the record lies that was taken in last.</summary>
    public void At(long offset)
    {
        if (_taken is { } key)
        {
            _offsets[key] = offset;
            _taken = null;
        }

        _next = offset + 1;
    }

    /// <summary>
    /// Whether so much follows a share partition's snapshot that writing it again lets more be deleted than it adds. When nothing but snapshots is written any more, none
    /// is worth it after a round.
    /// </summary>
    public bool IsWorthMoving(SharePartitionKey key) => _offsets.TryGetValue(key, out var offset) && _next - offset > 2L * _offsets.Count;
}
