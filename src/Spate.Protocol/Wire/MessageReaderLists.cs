using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Spate.Protocol.Wire;

/// <summary>Arrays of primitives, read whole.</summary>
public static class MessageReaderLists
{
    private const int CompactStringSize = 1;
    private const int PlainStringSize = 2;

    public static List<sbyte> ReadInt8List(this ref MessageReader reader, bool compact) =>
        TakeInt8(ref reader, reader.ReadArrayCount(compact, sizeof(sbyte)));

    public static List<sbyte>? ReadNullableInt8List(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, sizeof(sbyte)) is >= 0 and var count ? TakeInt8(ref reader, count) : null;

    public static List<short> ReadInt16List(this ref MessageReader reader, bool compact) =>
        TakeInt16(ref reader, reader.ReadArrayCount(compact, sizeof(short)));

    public static List<short>? ReadNullableInt16List(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, sizeof(short)) is >= 0 and var count ? TakeInt16(ref reader, count) : null;

    public static List<int> ReadInt32List(this ref MessageReader reader, bool compact) =>
        TakeInt32(ref reader, reader.ReadArrayCount(compact, sizeof(int)));

    public static List<int>? ReadNullableInt32List(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, sizeof(int)) is >= 0 and var count ? TakeInt32(ref reader, count) : null;

    public static List<long> ReadInt64List(this ref MessageReader reader, bool compact) =>
        TakeInt64(ref reader, reader.ReadArrayCount(compact, sizeof(long)));

    public static List<long>? ReadNullableInt64List(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, sizeof(long)) is >= 0 and var count ? TakeInt64(ref reader, count) : null;

    public static List<Uuid> ReadUuidList(this ref MessageReader reader, bool compact) =>
        TakeUuid(ref reader, reader.ReadArrayCount(compact, Uuid.Size));

    public static List<Uuid>? ReadNullableUuidList(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, Uuid.Size) is >= 0 and var count ? TakeUuid(ref reader, count) : null;

    public static List<string> ReadStringList(this ref MessageReader reader, bool compact) =>
        TakeString(ref reader, compact, reader.ReadArrayCount(compact, compact ? CompactStringSize : PlainStringSize));

    public static List<string>? ReadNullableStringList(this ref MessageReader reader, bool compact) =>
        reader.ReadNullableArrayCount(compact, compact ? CompactStringSize : PlainStringSize) is >= 0 and var count
            ? TakeString(ref reader, compact, count)
            : null;

    private static List<sbyte> TakeInt8(ref MessageReader reader, int count)
    {
        var list = Make<sbyte>(count, out var elements);
        MemoryMarshal.Cast<byte, sbyte>(reader.Take(count)).CopyTo(elements);
        return list;
    }

    private static List<short> TakeInt16(ref MessageReader reader, int count)
    {
        var list = Make<short>(count, out var elements);
        var bytes = reader.Take(count * sizeof(short));
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = BinaryPrimitives.ReadInt16BigEndian(bytes[(i * sizeof(short))..]);
        }

        return list;
    }

    private static List<int> TakeInt32(ref MessageReader reader, int count)
    {
        var list = Make<int>(count, out var elements);
        var bytes = reader.Take(count * sizeof(int));
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = BinaryPrimitives.ReadInt32BigEndian(bytes[(i * sizeof(int))..]);
        }

        return list;
    }

    private static List<long> TakeInt64(ref MessageReader reader, int count)
    {
        var list = Make<long>(count, out var elements);
        var bytes = reader.Take(count * sizeof(long));
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = BinaryPrimitives.ReadInt64BigEndian(bytes[(i * sizeof(long))..]);
        }

        return list;
    }

    private static List<Uuid> TakeUuid(ref MessageReader reader, int count)
    {
        var list = Make<Uuid>(count, out var elements);
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = reader.ReadUuid();
        }

        return list;
    }

    private static List<string> TakeString(ref MessageReader reader, bool compact, int count)
    {
        var list = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            list.Add(reader.ReadString(compact));
        }

        return list;
    }

    private static List<T> Make<T>(int count, out Span<T> elements)
    {
        var list = new List<T>(count);
        CollectionsMarshal.SetCount(list, count);
        elements = CollectionsMarshal.AsSpan(list);
        return list;
    }
}
