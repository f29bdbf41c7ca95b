namespace Spate.Protocol.Records;

/// <summary>Walks headers that <see cref="RecordEnumerator"/> has found sound.</summary>
public ref struct RecordHeaderEnumerator
{
    private readonly ReadOnlySpan<byte> _encoded;
    private int _position;
    private RecordHeaderView _current;

    internal RecordHeaderEnumerator(ReadOnlySpan<byte> encoded) => _encoded = encoded;

    public readonly RecordHeaderView Current => _current;

    public bool MoveNext()
    {
        if (_position == _encoded.Length)
        {
            return false;
        }

        var key = ReadBytes();
        _current = new RecordHeaderView { Key = key.Span, Value = ReadBytes() };
        return true;
    }

    private NullableBytes ReadBytes()
    {
        if (!RecordVarint.TryRead(_encoded, ref _position, out int length))
        {
            throw new InvalidOperationException("Headers were enumerated that no reader has checked.");
        }

        if (length < 0)
        {
            return NullableBytes.Null;
        }

        var bytes = _encoded.Slice(_position, length);
        _position += length;
        return bytes;
    }
}
