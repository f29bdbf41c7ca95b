using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>
/// Lists as Kafka's ListSerializer writes them (KIP-466): a byte that says how, then for entries of one size the number and the indexes of the nulls, the number of entries, and the entries that are not
/// null; for all others the number of entries, and each with its length in front, -1 for null. All numbers have four bytes, most significant first. Of one size are <see cref="short"/>,
/// <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, and a <see cref="Guid"/> as text. Entries that have no null are refused where one is read.
/// </summary>
/// <typeparam name="T">What the lists hold.</typeparam>
/// <param name="serializer">Writes an entry.</param>
/// <param name="deserializer">Reads an entry.</param>
public sealed class ListSerializer<T>(ISerializer<T> serializer, IDeserializer<T> deserializer) : ISerializer<IReadOnlyList<T?>>, IDeserializer<IReadOnlyList<T?>>
{
    private const byte OfOneSize = 0;
    private const byte OfAnySize = 1;
    private const int Null = -1;

    private readonly int? _sizeWritten = (serializer as IFixedSize)?.SizeInBytes;
    private readonly int? _sizeRead = (deserializer as IFixedSize)?.SizeInBytes;

    /// <inheritdoc/>
    public void Serialize(IReadOnlyList<T?> value, IBufferWriter<byte> destination, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_sizeWritten is null)
        {
            WriteOfAnySize(value, destination, context);
        }
        else
        {
            WriteOfOneSize(value, destination, context);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<T?> Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context)
    {
        var how = bytes.IsEmpty ? throw Cut() : bytes[0];
        var rest = bytes[1..];
        var list = how switch
        {
            OfOneSize when _sizeRead is { } size => ReadOfOneSize(ref rest, size, context),
            OfOneSize => throw new FormatException($"The entries of the list are of one size, and those that {deserializer.GetType().Name} reads are not."),
            OfAnySize => ReadOfAnySize(ref rest, context),
            _ => throw new FormatException($"A list begins with {OfOneSize} or {OfAnySize}; this one begins with {how}."),
        };
        return rest.IsEmpty ? list : throw new FormatException($"{rest.Length} bytes follow the {list.Count} entries of the list.");
    }

    private static void WriteInt32(IBufferWriter<byte> destination, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination.GetSpan(sizeof(int)), value);
        destination.Advance(sizeof(int));
    }

    private static int ReadInt32(ref ReadOnlySpan<byte> rest)
    {
        var value = rest.Length < sizeof(int) ? throw Cut() : BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[sizeof(int)..];
        return value;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int length)
    {
        var taken = length >= 0 && length <= rest.Length ? rest[..length] : throw Cut();
        rest = rest[length..];
        return taken;
    }

    /// <summary>A number of things of which each takes so many bytes at least, or is counted elsewhere: what says that there are more is not believed.</summary>
    private static int ReadCount(ref ReadOnlySpan<byte> rest, int bytesOfEach, int counted)
    {
        var count = ReadInt32(ref rest);
        return count >= counted && count - counted <= rest.Length / bytesOfEach ? count : throw Cut();
    }

    private static T? NoEntry() => default(T) is null ? default : throw new FormatException($"An entry of the list is null, and {typeof(T).Name} has no null.");

    private static FormatException Cut() => new("The list ends before its last entry, or what it says of their number or length is wrong.");

    private void WriteOfOneSize(IReadOnlyList<T?> value, IBufferWriter<byte> destination, SerializationContext context)
    {
        destination.Write([OfOneSize]);
        WriteInt32(destination, value.Count(static entry => entry is null));
        for (var index = 0; index < value.Count; index++)
        {
            if (value[index] is null)
            {
                WriteInt32(destination, index);
            }
        }

        WriteInt32(destination, value.Count);
        foreach (var entry in value)
        {
            if (entry is not null)
            {
                serializer.Serialize(entry, destination, context);
            }
        }
    }

    private void WriteOfAnySize(IReadOnlyList<T?> value, IBufferWriter<byte> destination, SerializationContext context)
    {
        destination.Write([OfAnySize]);
        WriteInt32(destination, value.Count);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var entry in value)
        {
            if (entry is null)
            {
                WriteInt32(destination, Null);
                continue;
            }

            bytes.ResetWrittenCount();
            serializer.Serialize(entry, bytes, context);
            WriteInt32(destination, bytes.WrittenCount);
            destination.Write(bytes.WrittenSpan);
        }
    }

    private List<T?> ReadOfOneSize(ref ReadOnlySpan<byte> rest, int size, SerializationContext context)
    {
        var nulls = new HashSet<int>();
        for (var count = ReadCount(ref rest, sizeof(int), counted: 0); count > 0; count--)
        {
            nulls.Add(ReadInt32(ref rest));
        }

        var entries = ReadCount(ref rest, size, nulls.Count);
        var list = new List<T?>(entries);
        for (var index = 0; index < entries; index++)
        {
            list.Add(nulls.Contains(index) ? NoEntry() : deserializer.Deserialize(Take(ref rest, size), context));
        }

        return list;
    }

    private List<T?> ReadOfAnySize(ref ReadOnlySpan<byte> rest, SerializationContext context)
    {
        var entries = ReadCount(ref rest, sizeof(int), counted: 0);
        var list = new List<T?>(entries);
        for (var index = 0; index < entries; index++)
        {
            var length = ReadInt32(ref rest);
            list.Add(length == Null ? NoEntry() : deserializer.Deserialize(Take(ref rest, length), context));
        }

        return list;
    }
}
