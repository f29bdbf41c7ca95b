using System.Buffers.Binary;

namespace Spate.Protocol.Records;

/// <summary>
/// Walks the entries of a log or of a fetched set one after the other: batches of magic 2 and messages of magic 0 and 1 (a compressed one with
/// everything in it). Only offset, length and magic are looked at. When <see cref="MoveNext"/> returns false, <see cref="Error"/> tells a
/// clean end (<see cref="RecordError.None"/>) and an entry that is not all there (<see cref="RecordError.Incomplete"/>) from corruption.
/// There is no <c>foreach</c>: it would run over a copy and leave the error behind.
/// </summary>
public ref struct RecordBatchEnumerator
{
    private readonly ReadOnlySpan<byte> _source;
    private int _next;

    public RecordBatchEnumerator(ReadOnlySpan<byte> source) => _source = source;

    /// <summary>Where the current entry starts.</summary>
    public int Position { get; private set; }

    /// <summary>The current entry, whole.</summary>
    public readonly ReadOnlySpan<byte> Current => _source[Position.._next];

    public readonly byte Magic => _source[Position + RecordBatchLayout.Magic];

    /// <summary>The current entry's offset field: of the first record in magic 2, of the last one in a compressed message before it.</summary>
    public readonly long Offset => BinaryPrimitives.ReadInt64BigEndian(_source[Position..]);

    /// <summary>Bytes of the whole entries seen so far: where an incomplete or corrupt one starts.</summary>
    public readonly int BytesConsumed => _next;

    public RecordError Error { get; private set; }

    public bool MoveNext()
    {
        if (Error != RecordError.None || _next == _source.Length)
        {
            return false;
        }

        Error = Measure(_source[_next..], out var size);
        if (Error != RecordError.None)
        {
            return false;
        }

        Position = _next;
        _next += size;
        return true;
    }

    /// <summary>
    /// The size of the entry that starts <paramref name="source"/>. It is known from the first 17 bytes on: an entry that is
    /// longer than what is there gives its size together with <see cref="RecordError.Incomplete"/>; with fewer bytes the size is 0.
    /// </summary>
    public static RecordError Measure(ReadOnlySpan<byte> source, out int size)
    {
        size = 0;
        if (source.Length <= RecordBatchLayout.Magic)
        {
            return RecordError.Incomplete;
        }

        var magic = source[RecordBatchLayout.Magic];
        if (magic > RecordBatchLayout.CurrentMagic)
        {
            return RecordError.UnsupportedMagic;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.BatchLength..]);
        if (length < MinimumSize(magic) - RecordBatchLayout.LogOverhead || length > int.MaxValue - RecordBatchLayout.LogOverhead)
        {
            return RecordError.InvalidBatchLength;
        }

        size = length + RecordBatchLayout.LogOverhead;
        return size > source.Length ? RecordError.Incomplete : RecordError.None;
    }

    private static int MinimumSize(byte magic) => magic switch
    {
        0 => LegacyMessageLayout.MinimumSizeMagic0,
        1 => LegacyMessageLayout.MinimumSizeMagic1,
        _ => RecordBatchHeader.Size,
    };
}
