using Microsoft.Extensions.Logging;
using Spate.Coordination;
using Spate.Coordination.Shares.State;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>What coordinators say goes into the trace. Errors that they speak of are faults, unless the simulation has caused them.</summary>
internal sealed class NodeLogger(Node node, World world) : ILogger<GroupCoordinator>, ILogger<TransactionCoordinator>, ILogger<ShareStateKeeper>
{
    public bool IsEnabled(LogLevel logLevel) => logLevel >= (world.Trace.IsKept ? LogLevel.Information : LogLevel.Error);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        world.Trace.Say(() => $"    {node} says: {formatter(state, exception)}");
        if (logLevel >= LogLevel.Error && exception is not PlantedFailureException && node.IsAlive)
        {
            world.Fault(Checks.Breakage, $"{node} says: {formatter(state, exception)} {exception}");
        }
    }
}
