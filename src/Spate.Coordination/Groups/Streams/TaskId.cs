namespace Spate.Coordination.Groups.Streams;

/// <summary>A task: the part of an application, and the number of the partitions that it reads.</summary>
internal readonly record struct TaskId(string Subtopology, int Partition)
{
    /// <summary>By the part, then by the number.</summary>
    public static IComparer<TaskId> Order { get; } = Comparer<TaskId>.Create(static (one, other) =>
        string.CompareOrdinal(one.Subtopology, other.Subtopology) is not 0 and var bySubtopology ? bySubtopology : one.Partition.CompareTo(other.Partition));

    public override string ToString() => $"{Subtopology}_{Partition}";
}
