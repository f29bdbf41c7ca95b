namespace Spate.Cli.Doctor;

/// <summary>What the kernel of this machine knows of its clock.</summary>
internal interface IKernelClock
{
    /// <returns>Null when nobody tells.</returns>
    KernelClockState? Read();
}
