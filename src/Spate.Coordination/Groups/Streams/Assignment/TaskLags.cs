using System.Diagnostics.CodeAnalysis;

namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Which processes have caught up with the state of which tasks, by what their members tell of it. A process that tells nothing is held to nothing; one that could not tell yet, since
/// what it told was told another coordinator, is taken for one that tells if any does. Immutable; the same whenever the same is known.
/// </summary>
internal sealed class TaskLags : IEquatable<TaskLags>
{
    private readonly HashSet<string> _telling = new(StringComparer.Ordinal);
    private readonly Dictionary<TaskId, SortedSet<string>> _caughtUp = [];
    private readonly HashSet<(TaskId Task, string Process)> _behind = [];
    private readonly HashSet<TaskId> _small = [];

    private TaskLags()
    {
    }

    /// <summary>Nobody tells anything.</summary>
    public static TaskLags Unknown { get; } = new();

    /// <summary>Whether anybody tells anything.</summary>
    public bool AreKnown => _telling.Count > 0;

    /// <param name="members">Each member's process, and what it has told: null when that has still to be seen.</param>
    /// <param name="isWarming">Whether tasks are warming up, as they only do where members tell.</param>
    /// <param name="acceptable">The lag up to which state counts as caught up.</param>
    public static TaskLags Of(IEnumerable<(string Process, ToldOffsets? Told)> members, bool isWarming, long acceptable)
    {
        var lags = new TaskLags();
        var ends = new Dictionary<TaskId, long>();
        var unseen = new List<string>();
        foreach (var (process, told) in members)
        {
            if (told is null)
            {
                unseen.Add(process);
            }
            else if (told.Tells)
            {
                lags._telling.Add(process);
                lags.Add(process, told, acceptable);
                foreach (var (task, end) in told.Ends)
                {
                    ends[task] = Math.Max(end, ends.GetValueOrDefault(task));
                }
            }
        }

        if (lags._telling.Count == 0 && !isWarming)
        {
            return Unknown;
        }

        lags._telling.UnionWith(unseen);
        lags._behind.RemoveWhere(each => lags._caughtUp.TryGetValue(each.Task, out var processes) && processes.Contains(each.Process));
        lags._small.UnionWith(ends.Where(pair => pair.Value <= acceptable).Select(pair => pair.Key));
        return lags;
    }

    /// <summary>Whether a process is to have caught up with a task before it does it. One that tells nothing never could.</summary>
    public bool IsHeldToLag(string process) => _telling.Contains(process);

    /// <summary>Whether a process has so much of a task's state that it could do it soon: by what it tells, or because there is so little of it.</summary>
    public bool HasCaughtUp(string process, TaskId task) =>
        (_caughtUp.TryGetValue(task, out var processes) && processes.Contains(process)) || (_small.Contains(task) && !IsBehind(process, task));

    /// <summary>Whether a process has told that it lacks more of a task's state than is acceptable.</summary>
    public bool IsBehind(string process, TaskId task) => _behind.Contains((task, process));

    /// <summary>Those who have told that they have caught up with a task, in order.</summary>
    public IEnumerable<string> CaughtUp(TaskId task) => _caughtUp.TryGetValue(task, out var processes) ? processes : [];

    public bool Equals([NotNullWhen(true)] TaskLags? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (_telling.SetEquals(other._telling) && _behind.SetEquals(other._behind) && _small.SetEquals(other._small)
                && _caughtUp.Count == other._caughtUp.Count
                && _caughtUp.All(pair => other._caughtUp.TryGetValue(pair.Key, out var processes) && pair.Value.SetEquals(processes))));

    public override bool Equals(object? obj) => Equals(obj as TaskLags);

    public override int GetHashCode() => HashCode.Combine(_telling.Count, _behind.Count, _small.Count, _caughtUp.Count);

    private void Add(string process, ToldOffsets told, long acceptable)
    {
        foreach (var (task, _) in told.Offsets)
        {
            switch (told.LagOf(task))
            {
                case null:
                    break;
                case var lag when lag <= acceptable:
                    if (!_caughtUp.TryGetValue(task, out var processes))
                    {
                        processes = new SortedSet<string>(StringComparer.Ordinal);
                        _caughtUp.Add(task, processes);
                    }

                    processes.Add(process);
                    break;
                default:
                    _behind.Add((task, process));
                    break;
            }
        }
    }
}
