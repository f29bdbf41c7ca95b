using Spate.Cli.Bench.Processes;
using Spate.Cli.Running;
using Spate.Client;

namespace Spate.Cli.Bench.Measuring;

/// <summary>What one measurement has found. The warm-up is not in it.</summary>
internal sealed record RunFigures
{
    /// <summary>Records that were delivered; null where none are sent.</summary>
    public Flow? Sent { get; init; }

    /// <summary>Records that were handed out; null where nobody reads.</summary>
    public Flow? Read { get; init; }

    /// <summary>From when each record should have been sent to when it was handed out; null where records are not timed.</summary>
    public LatencyFigures? Latency { get; init; }

    /// <summary>By how much records were given to the producer later than they should have been; null where there is no rate.</summary>
    public LatencyFigures? Lateness { get; init; }

    /// <summary>What the processes have used.</summary>
    public required IReadOnlyList<ProcessUse> Processes { get; init; }

    /// <summary>Whether it was interrupted: then this is what was found so far.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Why the figures are not what they should be, each a sentence.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>What ended it before its time: then this is what was done until then. Null when nothing did.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The exit status of a run with these figures.</summary>
    public int Status => IsInterrupted ? ExitCode.Interrupted : Failure is { } failure ? Failures.StatusOf(failure) : ExitCode.Success;

    /// <summary>Whether a failure is one that figures are told with: what nobody expected is not.</summary>
    public static bool MayEndWith(Exception failure) => failure is KafkaException or CommandException;

    /// <summary>Says what the figures do not.</summary>
    public void Tell(ClusterCall call, BrokerProcesses brokers)
    {
        foreach (var remark in brokers.Missing is { } missing ? Remarks.Prepend(missing) : Remarks)
        {
            call.Say(remark);
        }
    }

    /// <summary>What processor time is held against: what was sent, or where nothing is sent what was read.</summary>
    public Flow Basis => Sent ?? Read ?? default;

    /// <summary>Seconds of processor time that all processes of a role took for a million records; null when it is not known.</summary>
    public double? SecondsPerMillion(string role) => Basis.Records > 0 && ProcessorOf(role) is { } time ? time.TotalSeconds * 1_000_000 / Basis.Records : null;

    /// <summary>The processor time of all processes of a role; null when none was seen.</summary>
    public TimeSpan? ProcessorOf(string role)
    {
        var own = Processes.Where(process => process.Role == role).ToList();
        return own.Count > 0 ? TimeSpan.FromTicks(own.Sum(static process => process.Processor.Ticks)) : null;
    }
}
