namespace Spate.Storage.Moves;

/// <summary>What became of the wish to move a log.</summary>
public enum MoveStart
{
    /// <summary>It moves, or lies there already; a move to somewhere else has been given up.</summary>
    Accepted,

    /// <summary>There is no such log, or its root is offline.</summary>
    NoLog,

    /// <summary>The disk that it was to move to failed, or is offline.</summary>
    DiskFailed,
}
