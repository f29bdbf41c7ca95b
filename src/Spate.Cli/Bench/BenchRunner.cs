using System.Security.Cryptography;
using Spate.Cli.Bench.Load;
using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Running;

namespace Spate.Cli.Bench;

/// <summary>Runs a measurement: finds the processes and the topic, shows how far it has come, and leaves nothing behind.</summary>
/// <param name="call">Of the cluster.</param>
/// <param name="title">What stands before the progress.</param>
internal sealed class BenchRunner(ClusterCall call, string title)
{
    /// <param name="shape">What is measured.</param>
    /// <param name="onFigures">Told what was found, before the topic goes and what is still under way is waited for.</param>
    /// <exception cref="CommandException">It cannot be done.</exception>
    /// <exception cref="Spate.Client.KafkaException">The cluster refused something.</exception>
    public async Task RunAsync(BenchShape shape, Action<BenchTopic, BrokerProcesses, RunFigures> onFigures)
    {
        var brokers = await BrokerProcesses.FindAsync(call.Client.Admin, ProcFiles.OfMachine, call.Cancellation);
        call.Answered();
        var mark = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        await using var topic = await BenchTopic.OpenAsync(call, shape, mark);
        if (shape.HasConsumers && shape.Consumers > topic.Partitions.Count)
        {
            throw new CommandException($"--consumers is {shape.Consumers}, and topic '{topic.Name}' has {topic.Partitions.Count} partitions, so some would read nothing. Give fewer consumers{(shape.Topic is null ? ", or more --partitions" : "")}.", ExitCode.Usage);
        }

        await using IBenchRun run = shape.Kind == BenchKind.Consume ? new ConsumeRun(call, shape, topic) : new LoadRun(call, shape, topic, mark);
        RunFigures figures;
        using (new ProgressLine(call.Surroundings with { IsInputTerminal = false }, () => title + run.Tell()))
        {
            figures = await run.RunAsync(brokers, ProcFiles.OfMachine, call.Cancellation);
        }

        onFigures(topic, brokers, figures);
    }
}
