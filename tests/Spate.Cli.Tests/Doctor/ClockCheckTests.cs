using Spate.Cli.Doctor;

namespace Spate.Cli.Tests.Doctor;

public sealed class ClockCheckTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 90)]
    [InlineData(false, 0, "Warning", "it is not kept by NTP", "timedatectl set-ntp true")]
    [InlineData(true, 250, "Warning", "may be wrong by 250 ms", "chronyc sources")]
    public void A_clock_that_is_not_kept_or_not_well_is_told_with_what_to_type(bool isSynchronized, int errorMs, params string[] expected)
    {
        var finding = Look(new KernelClockState(isSynchronized, TimeSpan.FromMilliseconds(errorMs))).Findings.SingleOrDefault();
        if (expected.Length == 0)
        {
            Assert.Null(finding);
            return;
        }

        Assert.Equal(expected[0], $"{finding!.Severity}");
        Assert.Contains(expected[1], finding.Seen, StringComparison.Ordinal);
        Assert.Contains(expected[2], finding.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_that_does_not_tell_is_said_not_to()
    {
        var diagnosis = Look(null);
        Assert.Equal((Severity.Note, true), diagnosis.Findings.Select(static finding => (finding.Severity, finding.Seen.Contains("is not known", StringComparison.Ordinal))).Single());
        Assert.Equal(["whether this machine's clock is kept"], diagnosis.Checks);
    }

    [Fact]
    public void The_kernel_of_this_machine_tells_where_it_is_Linux()
    {
        var state = new KernelClock().Read();
        Assert.Equal(OperatingSystem.IsLinux(), state is not null);
        Assert.True(state is null or { EstimatedError: { Ticks: >= 0, TotalSeconds: <= 16 } }, $"{state}");
    }

    private static Diagnosis Look(KernelClockState? state)
    {
        var diagnosis = new Diagnosis();
        new ClockCheck(new Told(state), diagnosis).Run();
        return diagnosis;
    }

    private sealed class Told(KernelClockState? state) : IKernelClock
    {
        public KernelClockState? Read() => state;
    }
}
