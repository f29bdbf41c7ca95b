namespace Spate.Storage;

/// <summary>Who asks for an append. It decides what is believed, what is refused, and whether offsets are given out or kept.</summary>
public enum AppendOrigin : byte
{
    /// <summary>A producer. Nothing is believed; offsets are given out.</summary>
    Client = 0,

    /// <summary>A coordinator of this broker: may write control batches and several batches at once; offsets are given out.</summary>
    Coordinator,

    /// <summary>The leader of a quorum: brings its own offsets and leader epochs, which must follow on from the end of the log.</summary>
    RaftLeader,

    /// <summary>
    /// Batches that another broker leads and has validated: they keep their offsets, may leave gaps between them (compaction), may be of
    /// any size, and the last one may be cut short by the limit of a fetch.
    /// </summary>
    Replication,
}
