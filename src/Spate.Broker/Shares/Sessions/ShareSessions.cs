using Spate.Broker.Network;
using Spate.Protocol.Errors;

namespace Spate.Broker.Shares.Sessions;

/// <summary>The sessions of members of share groups on this node, one for each member. Safe for use by several threads at once.</summary>
/// <param name="sessionsMax"><c>group.share.max.share.sessions</c>.</param>
/// <param name="connectionClosed">Told of a session that has ended with its connection.</param>
internal sealed class ShareSessions(Func<int> sessionsMax, Action<ShareSession> connectionClosed)
{
    /// <summary>Partitions of all sessions together, some 100 MB; Kafka bounds only the sessions.</summary>
    public const int PartitionsMax = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string GroupId, string MemberId), ShareSession> _sessions = [];

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
    public int PartitionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Values.Sum(static session => session.PartitionCount);
            }
        }
    }

    /// <summary>Begins a session, in the place of the one that the member may have had; what it holds stays with it.</summary>
    /// <returns>SHARE_SESSION_LIMIT_REACHED when there is no place for it.</returns>
    public ErrorCode Begin(string groupId, string memberId, ConnectionContext connection, IReadOnlyCollection<SharedTopicPartition> partitions, out ShareSession? session)
    {
        session = null;
        ShareSession begun;
        lock (_lock)
        {
            Remove((groupId, memberId));
            if (_sessions.Count >= sessionsMax() || PartitionCount + partitions.Count > PartitionsMax)
            {
                return ErrorCode.ShareSessionLimitReached;
            }

            begun = new ShareSession(groupId, memberId, connection);
            begun.Update(partitions, []);
            _sessions.Add((groupId, memberId), begun);
        }

        // Outside the lock: of a connection that is closed already it is told at once.
        session = begun;
        begun.Watch = connection.Closed.UnsafeRegister(_ => Closed(begun), null);
        return ErrorCode.None;
    }

    /// <summary>Goes on with a session.</summary>
    /// <returns>SHARE_SESSION_NOT_FOUND, or INVALID_SHARE_SESSION_EPOCH when another epoch is expected.</returns>
    public ErrorCode Continue(string groupId, string memberId, int epoch, out ShareSession? session)
    {
        lock (_lock)
        {
            session = _sessions.GetValueOrDefault((groupId, memberId));
        }

        var error = session is null ? ErrorCode.ShareSessionNotFound : session.TryAdvance(epoch) ? ErrorCode.None : ErrorCode.InvalidShareSessionEpoch;
        session = error == ErrorCode.None ? session : null;
        return error;
    }

    /// <summary>Ends a session; what its member holds is for the caller to give back.</summary>
    /// <returns>SHARE_SESSION_NOT_FOUND.</returns>
    public ErrorCode End(string groupId, string memberId, out ShareSession? session)
    {
        lock (_lock)
        {
            session = Remove((groupId, memberId));
        }

        return session is null ? ErrorCode.ShareSessionNotFound : ErrorCode.None;
    }

    private ShareSession? Remove((string, string) key)
    {
        if (!_sessions.Remove(key, out var session))
        {
            return null;
        }

        // Not disposed of under the lock, which would wait for a callback that waits for the lock.
        session.IsEnded = true;
        session.Watch.Unregister();
        return session;
    }

    private void Closed(ShareSession session)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue((session.GroupId, session.MemberId), out var current) || current != session)
            {
                return;
            }

            Remove((session.GroupId, session.MemberId));
        }

        connectionClosed(session);
    }
}
