using System.Buffers.Binary;

namespace Spate.Storage.Transactions;

/// <summary>A transaction that was aborted: a reader of committed records only must leave out what its producer wrote in it.</summary>
/// <param name="ProducerId">Who wrote it.</param>
/// <param name="FirstOffset">The offset of its first record.</param>
/// <param name="LastOffset">The offset of the marker that aborted it.</param>
/// <param name="LastStableOffset">The last stable offset when the marker was written: nothing before it is aborted later.</param>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset)
{
    /// <summary>Bytes of an entry in a transaction index.</summary>
    public const int Size = 34;

    private const short Version = 0;

    /// <summary>Reads an entry from its <see cref="Size"/> bytes; false when they are of another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out AbortedTransaction entry)
    {
        entry = new AbortedTransaction(
            BinaryPrimitives.ReadInt64BigEndian(source[2..]),
            BinaryPrimitives.ReadInt64BigEndian(source[10..]),
            BinaryPrimitives.ReadInt64BigEndian(source[18..]),
            BinaryPrimitives.ReadInt64BigEndian(source[26..]));
        return BinaryPrimitives.ReadInt16BigEndian(source) == Version;
    }

    /// <summary>Writes the entry's <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, Version);
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(destination[10..], FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(destination[18..], LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(destination[26..], LastStableOffset);
    }
}
