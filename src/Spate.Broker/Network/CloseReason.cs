namespace Spate.Broker.Network;

/// <summary>Why a connection was closed; a dimension of the metrics.</summary>
public enum CloseReason
{
    /// <summary>The connection is open.</summary>
    None,

    /// <summary>The client closed it.</summary>
    ClientClosed,

    /// <summary>The client or the network cut it.</summary>
    Reset,

    /// <summary>Nothing moved for the idle timeout while the client owed the next move.</summary>
    Idle,

    /// <summary>The client took nothing of a reply for the stall timeout, or for longer than others while replies held too much memory.</summary>
    ReplyNotTaken,

    /// <summary>A large request hardly went on while others waited for the memory that it holds.</summary>
    FrameStalled,

    /// <summary>It made room for a connection of another broker.</summary>
    Evicted,

    /// <summary>A frame announced a length that is negative or too large.</summary>
    FrameLength,

    /// <summary>The dispatcher found that the client broke the protocol.</summary>
    Protocol,

    /// <summary>Record bytes of a reply could not be read once the reply had begun.</summary>
    RecordSource,

    /// <summary>The broker itself failed on this connection.</summary>
    Failure,

    /// <summary>The listener stopped, and everything that was accepted had been answered.</summary>
    Stopped,

    /// <summary>The listener stopped, and the grace period was over.</summary>
    Aborted,
}
