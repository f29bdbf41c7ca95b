namespace Spate.Conformance.Load;

/// <summary>
/// Does something once, in the middle of it all: when so many batches have been acknowledged, counted over all producers. A moment measured
/// so is the same amount of work on every machine, and never a matter of luck with the clock. Safe for use by several threads.
/// </summary>
/// <param name="batches">How many acknowledgements it takes.</param>
/// <param name="action">What to do then, on the thread that counted the last one.</param>
internal sealed class KillSwitch(int batches, Action action)
{
    private int _acknowledged;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public void Count()
    {
        if (Interlocked.Increment(ref _acknowledged) == batches)
        {
            action();
        }
    }
}
