using System.Buffers.Binary;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// What the value of a record begins with when it is looked for at the other end: the mark of this run, by which records of others are told apart, and when it should have been sent.
/// </summary>
/// <param name="Mark">The mark.</param>
internal readonly record struct RecordStamp(long Mark)
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 2 * sizeof(long);

    /// <param name="value">The value, whose first bytes are written over.</param>
    /// <param name="due">The timestamp, by the run's clock, at which the record should have been sent.</param>
    public void Write(Span<byte> value, long due)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, Mark);
        BinaryPrimitives.WriteInt64LittleEndian(value[sizeof(long)..], due);
    }

    /// <returns>Whether the record is of this run.</returns>
    public bool TryRead(ReadOnlySpan<byte> value, out long due)
    {
        var isOwn = value.Length >= Size && BinaryPrimitives.ReadInt64LittleEndian(value) == Mark;
        due = isOwn ? BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(long)..]) : 0;
        return isOwn;
    }
}
