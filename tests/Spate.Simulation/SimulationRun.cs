using Spate.Simulation.Canaries;
using Spate.Simulation.Scenarios;
using Spate.Simulation.Worlds;

namespace Spate.Simulation;

/// <summary>Runs a world, step by step, and holds it against its checks.</summary>
internal sealed class SimulationRun
{
    /// <summary>What takes longest when all is calm: a session, a round, and the transaction that somebody left behind.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Finishing = TimeSpan.FromSeconds(60);
    private const int StepsPerReplay = 400;

    private readonly SimulationOptions _options;
    private readonly World _world;
    private readonly IScenario[] _scenarios;
    private readonly ReplayCheck _replay;

    /// <summary>Of its own, so that what is looked at does not change what happens.</summary>
    private readonly Random _choice;

    private int _step;
    private long _fingerprint;

    private SimulationRun(SimulationOptions options, Sabotage sabotage)
    {
        _options = options;
        _choice = new Random(options.Seed);
        _world = new World(options.Seed, sabotage, options.TraceLength);
        _replay = new ReplayCheck(_world);
        _scenarios = options.Scenario switch
        {
            SimulationOptions.Everything => [new ConsumersScenario(_world), new TransactionsScenario(_world), new SharesScenario(_world), new StreamsScenario(_world)],
            "consumers" => [new ConsumersScenario(_world)],
            "transactions" => [new TransactionsScenario(_world)],
            "shares" => [new SharesScenario(_world)],
            "streams" => [new StreamsScenario(_world)],
            _ => throw new ArgumentException($"There is no scenario {options.Scenario}; there are {string.Join(", ", SimulationOptions.Scenarios)}.", nameof(options)),
        };
    }

    public static SimulationResult Run(SimulationOptions options, Sabotage? sabotage = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new SimulationRun(options, sabotage ?? new Sabotage()).Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private SimulationResult Run()
    {
        SynchronizationContext.SetSynchronizationContext(_world.Pump);
        _world.Cluster.Start();
        foreach (var scenario in _scenarios)
        {
            scenario.Begin();
        }

        while (_step < _options.Steps && _world.Failure is null)
        {
            Step();
        }

        if (_options.Settles)
        {
            Settle();
        }

        return new SimulationResult(_options, _step, _world.Failure?.Check, _world.Failure?.What, _world.Trace.Lines(), _fingerprint);
    }

    private void Settle()
    {
        _world.Weather.Calm();
        Each(static scenario => scenario.Calm());
        Until(Settling);
        Each(static scenario => scenario.Finish());
        Until(Finishing);
        LookAtReplays();
        Each(static scenario => scenario.Close());
    }

    private void Each(Action<IScenario> act)
    {
        foreach (var scenario in _scenarios)
        {
            if (_world.Failure is null)
            {
                act(scenario);
            }
        }
    }

    private void Until(TimeSpan duration)
    {
        for (var end = _world.Agenda.Elapsed + duration; _world.Agenda.Elapsed < end && _world.Failure is null;)
        {
            Step();
        }
    }

    private void Step()
    {
        var what = _world.Agenda.Advance();
        _world.Pump.Run();
        _step++;
        _world.Trace.Add(_step, _world.Agenda.Elapsed, what);
        _fingerprint = unchecked((_fingerprint * 31) + _world.Agenda.GetTimestamp());
        _world.Watch.Look();
        if (_choice.Next(StepsPerReplay) == 0)
        {
            _replay.Look(_world.Cluster.Partitions[_choice.Next(_world.Cluster.Partitions.Count)]);
        }
    }

    private void LookAtReplays()
    {
        foreach (var partition in _world.Cluster.Partitions)
        {
            if (_world.Failure is null)
            {
                _replay.Look(partition);
            }
        }
    }
}
