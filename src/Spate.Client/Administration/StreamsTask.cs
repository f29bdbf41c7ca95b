namespace Spate.Client.Administration;

/// <summary>A task of a streams application (KIP-1071): one partition of what a part of its topology reads. Written as <c>subtopology_partition</c>.</summary>
/// <param name="SubtopologyId">The part of the topology.</param>
/// <param name="Partition">The partition, of every topic that the part reads.</param>
public readonly record struct StreamsTask(string SubtopologyId, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{SubtopologyId}_{Partition}";
}
