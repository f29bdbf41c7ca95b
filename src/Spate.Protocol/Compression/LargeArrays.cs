namespace Spate.Protocol.Compression;

/// <summary>
/// Arrays too large to be kept for good. Those that were let go of are held weakly: one after another may use the same array, which costs no
/// new memory while the collector has not come by, and when it comes they are gone. Safe for all threads.
/// </summary>
internal static class LargeArrays
{
    private const int SlotCount = 32;

    private static readonly WeakReference<byte[]>[] Slots = CreateSlots();
    private static readonly Lock Gate = new();

    /// <summary>An array of at least so many bytes, and not of very many more. What is in it is anything.</summary>
    public static byte[] Rent(int bytes)
    {
        lock (Gate)
        {
            foreach (var slot in Slots)
            {
                if (slot.TryGetTarget(out var array) && array.Length >= bytes && array.Length / 2 <= bytes)
                {
                    slot.SetTarget(null!);
                    return array;
                }
            }
        }

        return GC.AllocateUninitializedArray<byte>(bytes);
    }

    /// <summary>Lets go of an array, which the caller does not touch any more.</summary>
    public static void Return(byte[] array)
    {
        lock (Gate)
        {
            foreach (var slot in Slots)
            {
                if (!slot.TryGetTarget(out _))
                {
                    slot.SetTarget(array);
                    return;
                }
            }
        }
    }

    private static WeakReference<byte[]>[] CreateSlots()
    {
        var slots = new WeakReference<byte[]>[SlotCount];
        for (var index = 0; index < slots.Length; index++)
        {
            slots[index] = new WeakReference<byte[]>(null!);
        }

        return slots;
    }
}
