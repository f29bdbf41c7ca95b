namespace Spate.Coordination.Groups.Streams;

/// <summary>The tasks of a member, by the way in which it has them. Immutable; the same whenever it holds the same.</summary>
internal sealed record TaskAssignment(TaskSet Active, TaskSet Standby, TaskSet Warmup) : IWork<TaskAssignment>
{
    public static TaskAssignment Empty { get; } = new(TaskSet.Empty, TaskSet.Empty, TaskSet.Empty);

    public bool IsEmpty => Count == 0;

    public int Count => Active.Count + Standby.Count + Warmup.Count;

    public TaskSet In(TaskRole role) => role switch
    {
        TaskRole.Active => Active,
        TaskRole.Standby => Standby,
        _ => Warmup,
    };

    public bool Contains(TaskAssignment other) => Active.Contains(other.Active) && Standby.Contains(other.Standby) && Warmup.Contains(other.Warmup);

    public bool Overlaps(TaskAssignment other) => Active.Overlaps(other.Active) || Standby.Overlaps(other.Standby) || Warmup.Overlaps(other.Warmup);

    public TaskAssignment Intersect(TaskAssignment other) =>
        new(Active.Intersect(other.Active), Standby.Intersect(other.Standby), Warmup.Intersect(other.Warmup));

    public TaskAssignment Except(TaskAssignment other) => new(Active.Except(other.Active), Standby.Except(other.Standby), Warmup.Except(other.Warmup));

    public TaskAssignment Union(TaskAssignment other) => new(Active.Union(other.Active), Standby.Union(other.Standby), Warmup.Union(other.Warmup));

    /// <summary>Those tasks that a condition holds for.</summary>
    public TaskAssignment Where(Func<TaskRole, TaskId, bool> condition) => new(
        Active.Where((subtopology, partition) => condition(TaskRole.Active, new TaskId(subtopology, partition))),
        Standby.Where((subtopology, partition) => condition(TaskRole.Standby, new TaskId(subtopology, partition))),
        Warmup.Where((subtopology, partition) => condition(TaskRole.Warmup, new TaskId(subtopology, partition))));

    public override string ToString() => $"[{Active}] copies [{Standby}] warms [{Warmup}]";
}
