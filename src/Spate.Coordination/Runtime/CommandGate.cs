namespace Spate.Coordination.Runtime;

/// <summary>
/// Keeps commands of one key from running over each other while records are on their way to the log. Keys without such records cost
/// nothing. What waits counts against the mailbox, which bounds it.
/// </summary>
internal sealed class CommandGate<TState>
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>True when the command may run now; else it waits until <see cref="TryNext"/> hands it out.</summary>
    public bool TryPass(ShardCommand<TState> command)
    {
        if (command.Access == CommandAccess.Immediate || !_lanes.TryGetValue(command.Key, out var lane))
        {
            return true;
        }

        if (lane.Waiting.Count == 0 && lane.Admits(command.Access))
        {
            return true;
        }

        lane.Waiting.Enqueue(command);
        return false;
    }

    /// <summary>The command's records are on their way.</summary>
    public void Enter(ShardCommand<TState> command)
    {
        if (command.Access == CommandAccess.Immediate)
        {
            throw new InvalidOperationException($"An immediate command of {command.Key} gave records.");
        }

        if (!_lanes.TryGetValue(command.Key, out var lane))
        {
            lane = new Lane();
            _lanes.Add(command.Key, lane);
        }

        lane.InFlight++;
        lane.IsExclusive = command.Access == CommandAccess.Exclusive;
    }

    /// <summary>The command's records have arrived or were refused.</summary>
    public void Leave(ShardCommand<TState> command)
    {
        var lane = _lanes[command.Key];
        lane.InFlight--;
        lane.IsExclusive = false;
    }

    /// <summary>The next command of the key that may run now; null when there is none.</summary>
    public ShardCommand<TState>? TryNext(string key)
    {
        if (!_lanes.TryGetValue(key, out var lane))
        {
            return null;
        }

        if (lane.Waiting.TryPeek(out var next))
        {
            return lane.Admits(next.Access) ? lane.Waiting.Dequeue() : null;
        }

        if (lane.InFlight == 0)
        {
            _lanes.Remove(key);
        }

        return null;
    }

    /// <summary>All that waits, key by key.</summary>
    public IEnumerable<ShardCommand<TState>> Waiting() => _lanes.Values.SelectMany(lane => lane.Waiting);

    private sealed class Lane
    {
        public int InFlight { get; set; }

        public bool IsExclusive { get; set; }

        public Queue<ShardCommand<TState>> Waiting { get; } = new();

        public bool Admits(CommandAccess access) => InFlight == 0 || (access == CommandAccess.Shared && !IsExclusive);
    }
}
