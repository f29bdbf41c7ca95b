namespace Spate.Storage.Validation;

/// <summary>
/// Whose turn it is to unpack. Unpacking is the work of a processor and takes memory of the sender's choosing, up to the bound on one batch;
/// more appends at it than there are processors would not be faster, and would take that memory many times over. Safe for all threads.
/// </summary>
internal static class UnpackingTurns
{
    /// <summary>Appends that may unpack at the same time: one for each processor, and no more than eight.</summary>
    public static int Count { get; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    private static readonly SemaphoreSlim Free = new(Count, Count);

    /// <summary>Waits for a turn, for as long as it takes others to unpack a batch.</summary>
    public static void Take() => Free.Wait();

    public static void GiveBack() => Free.Release();
}
