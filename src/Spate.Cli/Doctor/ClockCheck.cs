using System.Globalization;

namespace Spate.Cli.Doctor;

/// <summary>Whether this machine's own clock is kept by a time service, as its kernel says.</summary>
internal sealed class ClockCheck(IKernelClock clock, Diagnosis diagnosis)
{
    private const string Why = "Retention, searching by time, the timeouts of transactions and what a log says go by the brokers' clocks, and clocks that nobody keeps drift apart by seconds in a day.";

    /// <summary>Over a network that is any good, NTP keeps a clock to milliseconds.</summary>
    private static readonly TimeSpan ErrorMax = TimeSpan.FromMilliseconds(100);

    public void Run()
    {
        switch (clock.Read())
        {
            case null:
                diagnosis.Add(
                    Severity.Note, "this machine's clock", "whether it is kept by NTP is not known: this system does not tell", Why, "w32tm /query /status   # on Windows; 'sntp time.apple.com' on macOS");
                break;
            case { IsSynchronized: false }:
                diagnosis.Add(
                    Severity.Warning, "this machine's clock", "it is not kept by NTP: the kernel has not heard of any service that does, or not for hours", Why, "sudo timedatectl set-ntp true   # where a container shows this, on its host; 'timedatectl' shows whether it took");
                break;
            case { EstimatedError: var error } when error > ErrorMax:
                diagnosis.Add(
                    Severity.Warning, "this machine's clock", string.Create(CultureInfo.InvariantCulture, $"it is kept by NTP, and may be wrong by {error.TotalMilliseconds:0} ms all the same"),
                    "The time service itself does not trust what it hears; brokers' clocks must agree, and NTP keeps them to milliseconds where its servers are near.", "chronyc sources -v   # or 'timedatectl timesync-status': whom it listens to; choose servers that are nearer");
                break;
        }

        diagnosis.Looked("whether this machine's clock is kept");
    }
}
