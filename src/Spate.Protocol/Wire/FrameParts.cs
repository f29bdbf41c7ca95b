namespace Spate.Protocol.Wire;

/// <summary>The stretches of what a <see cref="MessageWriter"/> holds, in order; for <c>foreach</c>, without allocation.</summary>
public readonly struct FrameParts
{
    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly List<Splice> _splices;

    internal FrameParts(byte[] buffer, int length, List<Splice> splices)
    {
        _buffer = buffer;
        _length = length;
        _splices = splices;
    }

    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the parts; empty stretches of the buffer are left out.</summary>
    public struct Enumerator
    {
        private readonly FrameParts _parts;
        private int _position;
        private int _splice;

        internal Enumerator(FrameParts parts) => _parts = parts;

        public FramePart Current { get; private set; }

        public bool MoveNext()
        {
            var splicesLeft = _splice < _parts._splices.Count;
            var next = splicesLeft ? _parts._splices[_splice].Position : _parts._length;
            if (_position < next)
            {
                Current = new FramePart(_parts._buffer.AsMemory(_position, next - _position));
                _position = next;
                return true;
            }

            if (!splicesLeft)
            {
                return false;
            }

            Current = _parts._splices[_splice].Part;
            _splice++;
            return true;
        }
    }
}
