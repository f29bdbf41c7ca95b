namespace Spate.Storage.Checkpoints;

/// <summary>In what condition a checkpoint file was found.</summary>
public enum CheckpointCondition
{
    /// <summary>There is none: nothing was ever written, or someone deleted it.</summary>
    Missing,

    /// <summary>It was read to its end.</summary>
    Whole,

    /// <summary>It is there and says nothing that can be relied on.</summary>
    Corrupt,
}
