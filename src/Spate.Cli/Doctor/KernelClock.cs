using System.Runtime.InteropServices;

namespace Spate.Cli.Doctor;

/// <summary>Asks the kernel of Linux, which NTP's services tell how well they keep its clock: adjtimex(2), without a change.</summary>
internal sealed partial class KernelClock : IKernelClock
{
    /// <summary>The kernel adds to the largest error for as long as nobody corrects the clock, and stops here.</summary>
    private const long MaxErrorMicroseconds = 16_000_000;

    /// <summary>What the call answers when it is refused.</summary>
    private const int Refused = -1;

    /// <inheritdoc/>
    public KernelClockState? Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var timex = default(Timex);
        if (Adjust(ref timex) == Refused)
        {
            return null;
        }

        // As timedatectl judges it. The kernel has a flag too, which some services leave set so that the kernel keeps its hands off the hardware's clock.
        return new KernelClockState(timex.MaxError < MaxErrorMicroseconds, TimeSpan.FromMicroseconds(timex.EstimatedError));
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjust(ref Timex timex);

    /// <summary>The beginning of the kernel's struct timex, and room for the rest of it. No mode means that nothing is set.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct Timex
    {
        public uint Modes;
        public nint Offset;
        public nint Frequency;
        public nint MaxError;
        public nint EstimatedError;
    }
}
