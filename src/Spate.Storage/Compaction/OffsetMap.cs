using System.Runtime.InteropServices;

namespace Spate.Storage.Compaction;

/// <summary>
/// Remembers the last offset of every key in memory of a fixed size: 24 bytes a slot, 16 of them the key's <see cref="KeyHash"/>. The memory is
/// the system's own and goes back to it with <see cref="Dispose"/>; pages that no key falls into are never touched.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed unsafe class OffsetMap : IDisposable
{
    /// <summary>Bytes that a slot takes, whatever the length of its key.</summary>
    public const int SlotSize = 24;

    private readonly KeyHash _hash;
    private readonly ulong _slotCount;
    private Slot* _slots;

    /// <param name="bytes">The most memory to take; at least two slots.</param>
    /// <param name="loadFactor">The part of the slots that may be taken, above 0 and at most 1; one slot stays free in any case.</param>
    /// <param name="hash">The hash, with a secret of its own for every map.</param>
    public OffsetMap(long bytes, double loadFactor, KeyHash hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 2 * SlotSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(loadFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(loadFactor, 1);
        _hash = hash;
        _slotCount = (ulong)(bytes / SlotSize);
        Capacity = (long)Math.Clamp(_slotCount * loadFactor, 1, _slotCount - 1);
        _slots = (Slot*)NativeMemory.AllocZeroed((nuint)_slotCount, SlotSize);
    }

    /// <summary>Keys that the map takes.</summary>
    public long Capacity { get; }

    /// <summary>Keys that are in it.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes that the map has taken from the system.</summary>
    public long Bytes => (long)_slotCount * SlotSize;

    /// <summary>Remembers an offset of a key in place of an earlier one.</summary>
    /// <returns>False when the key is new and the map is full: nothing has changed.</returns>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        var hash = _hash.Compute(key);
        var slot = Find(hash, out var isNew);
        if (isNew)
        {
            if (Count == Capacity)
            {
                return false;
            }

            Count++;
            slot->Hash = hash;
        }

        slot->OffsetPlusOne = offset + 1;
        return true;
    }

    /// <summary>The last offset of a key; -1 when it has none.</summary>
    public long OffsetOf(ReadOnlySpan<byte> key) => Find(_hash.Compute(key), out _)->OffsetPlusOne - 1;

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        _slots = null;
    }

    /// <summary>The slot of a hash, or the free one in which it belongs. There is always a free one, so the search ends.</summary>
    private Slot* Find(UInt128 hash, out bool isFree)
    {
        ObjectDisposedException.ThrowIf(_slots is null, this);
        var index = (ulong)(((UInt128)(ulong)hash * _slotCount) >> 64);
        while (true)
        {
            var slot = _slots + index;
            isFree = slot->OffsetPlusOne == 0;
            if (isFree || slot->Hash == hash)
            {
                return slot;
            }

            index = index + 1 == _slotCount ? 0 : index + 1;
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8, Size = SlotSize)]
    private struct Slot
    {
        private ulong _lower;
        private ulong _upper;

        /// <summary>0 in a free slot, as memory comes from the system.</summary>
        public long OffsetPlusOne;

        public UInt128 Hash
        {
            readonly get => new(_upper, _lower);
            set
            {
                _lower = (ulong)value;
                _upper = (ulong)(value >> 64);
            }
        }
    }
}
