using Spate.Coordination.Groups.Streams;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>
/// The processes that instances run in, each with a disk of its own, and how much the state on it lacks. What is on a disk stays there, and lacks less and less while somebody keeps it; now
/// and then a process makes way for a new one, which has nothing.
/// </summary>
internal sealed class StreamsDisks(World world)
{
    /// <summary>What state lacks that has just been begun.</summary>
    private const int LagMax = 800;

    private readonly Dictionary<string, SortedDictionary<TaskId, long>> _lags = new(StringComparer.Ordinal);
    private readonly string[] _processes = [.. Enumerable.Range(0, 4).Select(number => $"process {number}")];
    private int _count = 4;

    /// <summary>A process for an instance that is started.</summary>
    public string Choose()
    {
        var place = world.Random.Next(_processes.Length);
        if (world.Random.Next(3) == 0)
        {
            _processes[place] = $"process {_count++}";
        }

        return _processes[place];
    }

    /// <summary>An instance works on the state of the tasks that it has.</summary>
    public void Restore(string process, IEnumerable<TaskId> tasks)
    {
        var disk = On(process);
        foreach (var task in tasks)
        {
            var lag = disk.TryGetValue(task, out var known) ? known : world.Random.Next(LagMax);
            disk[task] = Math.Max(0, lag - world.Random.Next(LagMax / 4));
        }
    }

    /// <summary>What each task's state on a disk lacks.</summary>
    public SortedDictionary<TaskId, long> On(string process)
    {
        if (!_lags.TryGetValue(process, out var disk))
        {
            disk = new SortedDictionary<TaskId, long>(TaskId.Order);
            _lags.Add(process, disk);
        }

        return disk;
    }

    /// <summary>Whether a process has so much of a task's state that it may do it.</summary>
    public bool HasCaughtUp(string process, TaskId task) => On(process).TryGetValue(task, out var lag) && lag <= world.Settings.Streams.AcceptableRecoveryLag;
}
