using System.Buffers.Binary;

namespace Spate.Storage.Indexes;

/// <summary>An entry of a <c>.timeindex</c> file: no record before or at the offset is younger than the timestamp.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="RelativeOffset">Offset of the batch that has the timestamp, less the segment's base offset.</param>
public readonly record struct TimeIndexEntry(long Timestamp, int RelativeOffset) : IIndexEntry<TimeIndexEntry>
{
    public static int Size => 12;

    public long Key => Timestamp;

    public static TimeIndexEntry Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadInt64BigEndian(source), BinaryPrimitives.ReadInt32BigEndian(source[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, Timestamp);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], RelativeOffset);
    }

    public bool Follows(TimeIndexEntry previous) => Timestamp > previous.Timestamp && RelativeOffset >= previous.RelativeOffset;
}
