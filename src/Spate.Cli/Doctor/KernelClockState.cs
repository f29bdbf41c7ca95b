namespace Spate.Cli.Doctor;

/// <summary>How a clock is kept.</summary>
/// <param name="IsSynchronized">Whether a time service keeps it.</param>
/// <param name="EstimatedError">By how much that service takes it to be wrong, where it tells the kernel; zero where it does not.</param>
internal readonly record struct KernelClockState(bool IsSynchronized, TimeSpan EstimatedError);
