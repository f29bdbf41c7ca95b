namespace Spate.Cli.Bench.Processes;

/// <summary>Looks what the brokers and this process use between two moments. Processor time is exact to what the system counts; memory is looked at now and then. Safe for use by several threads at once.</summary>
internal sealed class ProcessMeter : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly ProcFiles _files;
    private readonly List<Watched> _watched;
    private readonly ITimer _timer;

    public ProcessMeter(BrokerProcesses brokers, ProcFiles files, TimeProvider clock)
    {
        _files = files;
        _watched = [.. brokers.Seen.Select(static process => new Watched(ProcessUse.Broker, process)), new Watched(ProcessUse.Client, new LocalProcess(Environment.ProcessId, "spate"))];
        _timer = clock.CreateTimer(_ => Look(isStart: false), null, Beat, Beat);
    }

    /// <summary>What is used counts from now on.</summary>
    public void Start() => Look(isStart: true);

    /// <summary>What was used since <see cref="Start"/>. A process that has gone is left out.</summary>
    public IReadOnlyList<ProcessUse> Read()
    {
        Look(isStart: false);
        lock (_gate)
        {
            return [.. _watched.Where(static process => process.IsThere).Select(static process => process.ToUse())];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look(bool isStart)
    {
        lock (_gate)
        {
            foreach (var process in _watched)
            {
                process.Take(process.Role == ProcessUse.Client ? ProcessReading.OfOwn() : ProcessReading.Of(_files, process.Of.Id), isStart);
            }
        }
    }

    /// <summary>One process. Under the gate.</summary>
    private sealed class Watched(string role, LocalProcess of)
    {
        private TimeSpan _first;
        private TimeSpan _last;
        private long _residentMax;

        public string Role { get; } = role;

        public LocalProcess Of { get; } = of;

        public bool IsThere { get; private set; }

        public void Take(ProcessReading? reading, bool isStart)
        {
            IsThere = reading is not null;
            if (reading is { } seen)
            {
                _first = isStart ? seen.Processor : _first;
                _last = seen.Processor;
                _residentMax = isStart ? seen.ResidentBytes : Math.Max(_residentMax, seen.ResidentBytes);
            }
        }

        public ProcessUse ToUse() => new(Role, Of.Id, Of.Name, _last - _first, _residentMax);
    }
}
