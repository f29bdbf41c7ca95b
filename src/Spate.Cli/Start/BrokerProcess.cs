using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Hosting;
using Spate.Cli.Logging;

namespace Spate.Cli.Start;

/// <summary>A broker that is the whole process: starts it, waits for the signal to stop, stops it.</summary>
internal static class BrokerProcess
{
    /// <summary>How long requests under way may take to finish once the process was told to stop.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(BrokerSettings settings, IReadOnlyList<string> warnings)
    {
        using var logging = LineLogging.Create();
        var logger = logging.CreateLogger("Spate");
        foreach (var warning in warnings)
        {
            logger.SettingWithoutEffect(warning);
        }

        var stop = new StopRequest(logger);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = stop.Take(context.Signal);
            if (!context.Cancel)
            {
                // Not through the log, whose thread would not come to it any more.
                Console.Error.WriteLine("spate: Told to stop once more: ends at once, and the next start recovers the logs.");
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            await using var broker = await BrokerServer.StartAsync(settings, BrokerEnvironment.System(logging) with { RootLogLevel = LogLevel.Information, OnStarted = stop.Started });
            await stop.Asked;
            await broker.StopAsync(StopGrace);
        }
        catch (BrokerStartException failure)
        {
            await Console.Error.WriteLineAsync($"spate: {failure.Message}");
            return ExitCode.Failure;
        }

        return ExitCode.Success;
    }
}
