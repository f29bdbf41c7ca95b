using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Spate.Protocol.Wire;

/// <summary>Arrays of primitives, written whole.</summary>
public static class MessageWriterLists
{
    public static void WriteInt8List(this MessageWriter writer, List<sbyte> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        writer.WriteRaw(MemoryMarshal.Cast<sbyte, byte>(CollectionsMarshal.AsSpan(values)));
    }

    public static void WriteInt16List(this MessageWriter writer, List<short> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        var target = writer.Take(values.Count * sizeof(short));
        for (var i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(target[(i * sizeof(short))..], values[i]);
        }
    }

    public static void WriteInt32List(this MessageWriter writer, List<int> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        var target = writer.Take(values.Count * sizeof(int));
        for (var i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(target[(i * sizeof(int))..], values[i]);
        }
    }

    public static void WriteInt64List(this MessageWriter writer, List<long> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        var target = writer.Take(values.Count * sizeof(long));
        for (var i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(target[(i * sizeof(long))..], values[i]);
        }
    }

    public static void WriteUuidList(this MessageWriter writer, List<Uuid> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        foreach (var value in values)
        {
            writer.WriteUuid(value);
        }
    }

    public static void WriteStringList(this MessageWriter writer, List<string> values, bool compact)
    {
        writer.WriteArrayCount(values.Count, compact);
        foreach (var value in values)
        {
            writer.WriteString(value, compact);
        }
    }
}
