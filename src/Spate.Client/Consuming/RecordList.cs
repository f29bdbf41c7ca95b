using System.Collections;
using System.Runtime.CompilerServices;

namespace Spate.Client.Consuming;

/// <summary>
/// Records in the order of their offsets. They are kept in pieces, none of which is large for the collector. Run <c>foreach</c> over it without a cast to an interface: then
/// no record is copied. Safe for use by several threads at once.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public sealed class RecordList<TKey, TValue> : IReadOnlyList<ConsumerRecord<TKey, TValue>>
{
    /// <summary>Arrays above 85,000 bytes are collected late and dearly.</summary>
    private static readonly int RecordsInAPiece = Math.Max(1, 65_536 / Unsafe.SizeOf<ConsumerRecord<TKey, TValue>>());

    private ConsumerRecord<TKey, TValue>[][] _pieces = [];

    internal RecordList()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, where it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that index.</exception>
    public ref readonly ConsumerRecord<TKey, TValue> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
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
    internal void Clear() => Count = 0;

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
        if (Count / RecordsInAPiece >= _pieces.Length || Count % RecordsInAPiece >= _pieces[Count / RecordsInAPiece].Length)
        {
            // Twice as many as there are, or as many as go into a piece.
            EnsureRoom(Count + Math.Clamp(Count, 4, RecordsInAPiece));
        }

        _pieces[Count / RecordsInAPiece][Count % RecordsInAPiece] = record;
        Count++;
    }

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
        public bool MoveNext() => ++_index < _list.Count;
    }
}
