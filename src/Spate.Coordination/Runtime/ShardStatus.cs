namespace Spate.Coordination.Runtime;

/// <summary>What a shard can do at present.</summary>
public enum ShardStatus
{
    /// <summary>Another broker owns the shard, or none does.</summary>
    Absent,

    /// <summary>The log is being replayed.</summary>
    Loading,

    /// <summary>Commands run.</summary>
    Active,

    /// <summary>The log could not be replayed; it is tried again.</summary>
    Failed,
}
