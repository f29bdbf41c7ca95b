namespace Spate.Coordination.Groups.Streams;

/// <summary>A task: the part of an application, and the number of the partitions that it reads.</summary>
internal readonly record struct TaskId(string Subtopology, int Partition)
{
    public override string ToString() => $"{Subtopology}_{Partition}";
}
