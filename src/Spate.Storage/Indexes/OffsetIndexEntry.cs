using System.Buffers.Binary;

namespace Spate.Storage.Indexes;

/// <summary>An entry of a <c>.index</c> file: the batch that starts at the position ends with the offset.</summary>
/// <param name="RelativeOffset">Last offset of the batch, less the segment's base offset.</param>
/// <param name="Position">Bytes before the batch in the segment's file.</param>
public readonly record struct OffsetIndexEntry(int RelativeOffset, int Position) : IIndexEntry<OffsetIndexEntry>
{
    public static int Size => 8;

    public long Key => RelativeOffset;

    public static OffsetIndexEntry Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadInt32BigEndian(source), BinaryPrimitives.ReadInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, RelativeOffset);
        BinaryPrimitives.WriteInt32BigEndian(destination[4..], Position);
    }

    public bool Follows(OffsetIndexEntry previous) => RelativeOffset > previous.RelativeOffset && Position > previous.Position;
}
