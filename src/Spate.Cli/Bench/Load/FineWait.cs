using System.Runtime.InteropServices;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// Waits for a point in time as exactly as the system can. Timers of the runtime come by the millisecond, which is longer than a record takes from end to end; so on Linux the last of a wait
/// is spent in the kernel's clock_nanosleep, on whatever thread that is. Elsewhere, and with another clock, timers have to do. Safe for use by several threads at once.
/// </summary>
internal sealed partial class FineWait(TimeProvider clock)
{
    private const int ClockMonotonic = 1;
    private const int SetTimerSlack = 29;
    private const int NanosecondsOfSecond = 1_000_000_000;

    /// <summary>What timers may be late by, and more.</summary>
    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly bool _isFine = clock == TimeProvider.System && OperatingSystem.IsLinux();

    /// <summary>Whether this thread has told the kernel that it wants to be woken at once, and not with others to save power.</summary>
    [ThreadStatic]
    private static bool _isPunctual;

    /// <summary>Waits until a timestamp of the clock; not at all when it is past.</summary>
    public ValueTask UntilAsync(long timestamp, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // Who is late goes on at once, and allocates nothing for it in any build.
        return clock.GetTimestamp() >= timestamp ? default : WaitAsync(timestamp, cancellation);
    }

    private async ValueTask WaitAsync(long timestamp, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clock.GetTimestamp();
            if (now >= timestamp)
            {
                return;
            }

            var left = clock.GetElapsedTime(now, timestamp);
            if (!_isFine)
            {
                await Task.Delay(left < Least ? Least : left, clock, cancellation);
            }
            else if (left > Coarse)
            {
                await Task.Delay(left - Coarse, clock, cancellation);
            }
            else
            {
                Nap(left);
            }
        }
    }

    private static void Nap(TimeSpan time)
    {
        if (!_isPunctual)
        {
            // A kernel that refuses wakes this thread a twentieth of a millisecond later, which the figures of lateness show.
            _ = Prctl(SetTimerSlack, 1, 0, 0, 0);
            _isPunctual = true;
        }

        var nanoseconds = (long)time.TotalNanoseconds;
        var request = new Timespec((nint)(nanoseconds / NanosecondsOfSecond), (nint)(nanoseconds % NanosecondsOfSecond));

        // Whether it slept for the whole time, the caller sees by the clock.
        _ = ClockNanosleep(ClockMonotonic, 0, in request, 0);
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec request, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec(nint seconds, nint nanoseconds)
    {
        private readonly nint _seconds = seconds;
        private readonly nint _nanoseconds = nanoseconds;
    }
}
