using System.Collections;
using System.Runtime.CompilerServices;

namespace Spate.Client.Consuming;

/// <summary>
/// Records in the order of their offsets. They are kept in pieces, none of which is large for the collector. Run <c>foreach</c> over it without a cast to an interface: then
/// no record is copied. Safe for use by several threads at once. Where keys and values are both read as <c>ReadOnlyMemory&lt;byte&gt;</c> the list is lent as they are, until the
/// enumeration that it came from goes on; whoever looks into it after that meets an <see cref="ObjectDisposedException"/>.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public sealed class RecordList<TKey, TValue> : IReadOnlyList<ConsumerRecord<TKey, TValue>>
{
    /// <summary>Arrays above 85,000 bytes are collected late and dearly.</summary>
    private static readonly int RecordsInAPiece = Math.Max(1, 65_536 / Unsafe.SizeOf<ConsumerRecord<TKey, TValue>>());

    private ConsumerRecord<TKey, TValue>[][] _pieces = [];
    private int _count;
    private volatile bool _isOver;

    internal RecordList()
    {
    }

    /// <summary>How many there are.</summary>
    /// <exception cref="ObjectDisposedException">The list was lent, and the enumeration has gone on.</exception>
    public int Count => _count > 0 ? _count : CountOfNone();

    /// <summary>One of them, where it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that index.</exception>
    /// <exception cref="ObjectDisposedException">The list was lent, and the enumeration has gone on.</exception>
    public ref readonly ConsumerRecord<TKey, TValue> this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            }

            return ref _pieces[index / RecordsInAPiece][index % RecordsInAPiece];
        }
    }

    ConsumerRecord<TKey, TValue> IReadOnlyList<ConsumerRecord<TKey, TValue>>.this[int index] => this[index];

    /// <summary>Goes through the records.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<ConsumerRecord<TKey, TValue>> IEnumerable<ConsumerRecord<TKey, TValue>>.GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<ConsumerRecord<TKey, TValue>>)this).GetEnumerator();

    /// <summary>Begins anew. What was in it goes as others take its place.</summary>
    internal void Clear() => _count = 0;

    /// <summary>The batch that the list was lent with is over; another takes over the room that its records had.</summary>
    internal RecordList<TKey, TValue> TakeBack()
    {
        var next = new RecordList<TKey, TValue> { _pieces = _pieces };
        _isOver = true;
        _count = 0;
        _pieces = [];
        return next;
    }

    /// <summary>Makes room for as many in all.</summary>
    internal void EnsureRoom(int records)
    {
        for (var room = _pieces.Sum(static piece => piece.Length); room < records; room += _pieces[^1].Length)
        {
            if (_pieces is [.., var last] && last.Length < RecordsInAPiece)
            {
                // Only a whole piece can have another behind it.
                room -= last.Length;
                Array.Resize(ref _pieces[^1], RecordsInAPiece);
                continue;
            }

            Array.Resize(ref _pieces, _pieces.Length + 1);
            _pieces[^1] = new ConsumerRecord<TKey, TValue>[Math.Min(RecordsInAPiece, records - room)];
        }
    }

    internal void Add(in ConsumerRecord<TKey, TValue> record)
    {
        var (piece, at) = (_count / RecordsInAPiece, _count % RecordsInAPiece);
        if (piece >= _pieces.Length || at >= _pieces[piece].Length)
        {
            // Twice as many as there are, or as many as go into a piece.
            EnsureRoom(_count + Math.Clamp(_count, 4, RecordsInAPiece));
        }

        _pieces[piece][at] = record;
        _count++;
    }

    private int CountOfNone() => !_isOver ? 0 : throw new ObjectDisposedException(
        nameof(RecordList<TKey, TValue>),
        "These records were lent until the enumeration went on. Copy them before, or read keys or values as byte[], which may be kept.");

    /// <summary>Goes through the records of a list.</summary>
    public struct Enumerator
    {
        private readonly RecordList<TKey, TValue> _list;
        private int _index;

        internal Enumerator(RecordList<TKey, TValue> list)
        {
            _list = list;
            _index = -1;
        }

        /// <summary>The record, where it is.</summary>
        public readonly ref readonly ConsumerRecord<TKey, TValue> Current => ref _list[_index];

        /// <summary>Goes to the next one, or returns false when there is none.</summary>
        public bool MoveNext() => ++_index < _list._count || _index < _list.Count;
    }
}
