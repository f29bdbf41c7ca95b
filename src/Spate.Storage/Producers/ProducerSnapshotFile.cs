using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Spate.Protocol.Checksums;

namespace Spate.Storage.Producers;

/// <summary>
/// The bytes of a producer snapshot, Kafka's version 1: version (int16), CRC-32C of all behind it (uint32), number of entries (int32), the
/// entries at 46 bytes each. All numbers are most significant byte first.
/// </summary>
public static class ProducerSnapshotFile
{
    private const short Version = 1;
    private const int CrcPosition = 2;
    private const int CountPosition = 6;
    private const int EntriesPosition = 10;
    private const int EntrySize = 46;

    public static byte[] Write(ReadOnlySpan<ProducerSnapshotEntry> entries)
    {
        var bytes = new byte[EntriesPosition + (entries.Length * EntrySize)];
        var at = bytes.AsSpan(EntriesPosition);
        foreach (ref readonly var entry in entries)
        {
            BinaryPrimitives.WriteInt64BigEndian(at, entry.ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(at[8..], entry.Epoch);
            BinaryPrimitives.WriteInt32BigEndian(at[10..], entry.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(at[14..], entry.LastOffset);
            BinaryPrimitives.WriteInt32BigEndian(at[22..], entry.OffsetDelta);
            BinaryPrimitives.WriteInt64BigEndian(at[26..], entry.Timestamp);
            BinaryPrimitives.WriteInt32BigEndian(at[34..], entry.CoordinatorEpoch);
            BinaryPrimitives.WriteInt64BigEndian(at[38..], entry.CurrentTransactionFirstOffset);
            at = at[EntrySize..];
        }

        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountPosition), entries.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcPosition), Crc32C.Compute(bytes.AsSpan(CountPosition)));
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> writes; otherwise says in a clause what is wrong.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out ProducerSnapshotEntry[]? entries,
        [NotNullWhen(false)] out string? fault)
    {
        entries = null;
        fault = FindFault(bytes);
        if (fault is not null)
        {
            return false;
        }

        var read = new ProducerSnapshotEntry[(bytes.Length - EntriesPosition) / EntrySize];
        for (var index = 0; index < read.Length; index++)
        {
            read[index] = ReadEntry(bytes[(EntriesPosition + (index * EntrySize))..]);
        }

        fault = FindFault(read);
        entries = fault is null ? read : null;
        return fault is null;
    }

    private static ProducerSnapshotEntry ReadEntry(ReadOnlySpan<byte> at) => new(
        BinaryPrimitives.ReadInt64BigEndian(at),
        BinaryPrimitives.ReadInt16BigEndian(at[8..]),
        BinaryPrimitives.ReadInt32BigEndian(at[10..]),
        BinaryPrimitives.ReadInt64BigEndian(at[14..]),
        BinaryPrimitives.ReadInt32BigEndian(at[22..]),
        BinaryPrimitives.ReadInt64BigEndian(at[26..]),
        BinaryPrimitives.ReadInt32BigEndian(at[34..]),
        BinaryPrimitives.ReadInt64BigEndian(at[38..]));

    private static string? FindFault(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EntriesPosition)
        {
            return $"its {bytes.Length} bytes are fewer than a header has";
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (version != Version)
        {
            return $"it is of version {version}, and only version {Version} is known";
        }

        var expected = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcPosition..]);
        var actual = Crc32C.Compute(bytes[CountPosition..]);
        if (actual != expected)
        {
            return $"its checksum is {actual:x8}, and it says {expected:x8}";
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[CountPosition..]);
        return count < 0 || (long)count * EntrySize != bytes.Length - EntriesPosition
            ? $"it says {count} entries, and {bytes.Length - EntriesPosition} bytes follow"
            : null;
    }

    private static string? FindFault(ProducerSnapshotEntry[] entries)
    {
        var producerIds = new HashSet<long>(entries.Length);
        var firstOffsets = new HashSet<long>();
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if (entry.ProducerId < 0 || !producerIds.Add(entry.ProducerId))
            {
                return $"producer id {entry.ProducerId} is negative or there twice";
            }

            if (entry.CurrentTransactionFirstOffset >= 0 && !firstOffsets.Add(entry.CurrentTransactionFirstOffset))
            {
                return $"two transactions begin at offset {entry.CurrentTransactionFirstOffset}";
            }

            if (entry.OffsetDelta < 0)
            {
                return $"the last batch of producer id {entry.ProducerId} ends before it begins";
            }
        }

        return null;
    }
}
