using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Running;
using Spate.Client;

namespace Spate.Cli.Bench;

/// <summary>One measurement. It is run once.</summary>
internal interface IBenchRun : IAsyncDisposable
{
    /// <summary>How far it has come, in words. May be called by any thread.</summary>
    string Tell();

    /// <summary>Does it. Interrupted, it gives what was found so far.</summary>
    /// <param name="brokers">The processes to look at beside this one.</param>
    /// <param name="files">Where to look.</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <exception cref="CommandException">It cannot be done.</exception>
    /// <exception cref="KafkaException">The cluster refused something.</exception>
    Task<RunFigures> RunAsync(BrokerProcesses brokers, ProcFiles files, CancellationToken cancellation);
}
