using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Spate.Protocol.Errors;

namespace Spate.Protocol.Wire;

/// <summary>
/// Reads the protocol's primitives out of bytes that came from outside, and trusts none of them: every length is held against the bytes
/// that remain before anything is allocated, null is refused where it has no meaning, text must be valid UTF-8. Whatever is wrong comes
/// out as <see cref="MalformedMessageException"/>. Byte fields are slices of the input, which must live as long as the message does.
/// </summary>
public ref struct MessageReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;
    private int _limit;
    private string? _messageName;
    private string? _fieldPaths;
    private short _version;

    public MessageReader(ReadOnlyMemory<byte> input)
    {
        _memory = input;
        _span = input.Span;
        _limit = input.Length;
        Field = -1;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes that may still be read: to the end of the input, or of the tagged field that is being read.</summary>
    public readonly int Remaining => _limit - _position;

    /// <summary>
    /// Which field of the message is being read, as an index into its list of field paths; -1 for none. Generated code sets a constant
    /// before each field, so that the path is spelt out only when something is wrong.
    /// </summary>
    public int Field { get; set; }

    /// <summary>Says which message is read from here on. Generated code calls it first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message has no such version.</exception>
    public void Enter(string messageName, short version, short lowestVersion, short highestVersion, string fieldPaths)
    {
        if (version < lowestVersion || version > highestVersion)
        {
            MessageVersions.ThrowUnknown(messageName, version, lowestVersion, highestVersion);
        }

        _messageName = messageName;
        _fieldPaths = fieldPaths;
        _version = version;
        Field = -1;
    }

    /// <summary>Refuses bytes that are left over.</summary>
    public void EnsureEnd()
    {
        Field = -1;
        if (_position != _limit)
        {
            Fail($"{Remaining} bytes are left over");
        }
    }

    /// <summary>One byte: 0 is false, anything else is true, as other implementations have it.</summary>
    public bool ReadBoolean() => Take(1)[0] != 0;

    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    public Uuid ReadUuid() => Uuid.Read(Take(Uuid.Size));

    public ErrorCode ReadErrorCode() => (ErrorCode)ReadInt16();

    /// <summary>Seven bits a byte, lowest first, at most five bytes. Zeroes that only pad are allowed: some writers reserve room.</summary>
    public uint ReadUnsignedVarint()
    {
        if (_position < _limit && _span[_position] < 0x80)
        {
            return _span[_position++];
        }

        return (uint)ReadLongVarint(5, uint.MaxValue);
    }

    /// <summary>A 32-bit number in zig-zag form: the sign in the lowest bit.</summary>
    public int ReadVarint()
    {
        var value = ReadUnsignedVarint();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    /// <summary>A 64-bit number in zig-zag form, at most ten bytes.</summary>
    public long ReadVarlong()
    {
        var value = ReadLongVarint(10, ulong.MaxValue);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string ReadString(bool compact) => ReadNullableString(compact) ?? FailNull<string>();

    public string? ReadNullableString(bool compact)
    {
        var length = compact ? (long)ReadUnsignedVarint() - 1 : ReadInt16();
        if (length <= 0)
        {
            return length == 0 ? string.Empty : CheckNull<string>(length);
        }

        if (length > WireLimits.StringBytes)
        {
            Fail($"string of {length} bytes exceeds the limit of {WireLimits.StringBytes}");
        }

        var bytes = Take((int)length);
        if (!Utf8.IsValid(bytes))
        {
            Fail("string is not valid UTF-8");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    public ReadOnlyMemory<byte> ReadBytes(bool compact)
    {
        var length = ReadLength(compact);
        if (length < 0)
        {
            FailNull<object>();
        }

        return TakeMemory(length);
    }

    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        var length = ReadLength(compact);
        return length < 0 ? default(ReadOnlyMemory<byte>?) : TakeMemory(length);
    }

    public RecordsPayload ReadRecords(bool compact) => new(ReadBytes(compact));

    public RecordsPayload ReadNullableRecords(bool compact)
    {
        var length = ReadLength(compact);
        return length < 0 ? RecordsPayload.Null : new(TakeMemory(length));
    }

    /// <summary>The count of an array that may not be null.</summary>
    /// <param name="compact">True in flexible versions.</param>
    /// <param name="minimumElementSize">Bytes that one element takes at least, from 1.</param>
    public int ReadArrayCount(bool compact, int minimumElementSize)
    {
        var count = ReadNullableArrayCount(compact, minimumElementSize);
        if (count < 0)
        {
            FailNull<object>();
        }

        return count;
    }

    /// <summary>The count of an array, or -1 for null.</summary>
    public int ReadNullableArrayCount(bool compact, int minimumElementSize)
    {
        var count = ReadLength(compact);
        if (count > WireLimits.ArrayElements)
        {
            Fail($"array of {count} elements exceeds the limit of {WireLimits.ArrayElements}");
        }

        if (count * minimumElementSize > Remaining)
        {
            Fail($"array of {count} elements takes at least {count * minimumElementSize} bytes, {Remaining} remain");
        }

        return (int)count;
    }

    /// <summary>Whether a structure that may be null follows: any negative byte says no.</summary>
    public bool ReadPresence() => ReadInt8() >= 0;

    /// <summary>Begins a section of tagged fields; walk it with <see cref="NextTag"/>.</summary>
    public TagSection BeginTags()
    {
        var count = ReadUnsignedVarint();
        if (count > WireLimits.TaggedFields)
        {
            Fail($"{count} tagged fields exceed the limit of {WireLimits.TaggedFields}");
        }

        return new TagSection { Remaining = (int)count, LastTag = -1 };
    }

    /// <summary>
    /// Closes the field before, which must have been read to its last byte, and begins the next one; until it is closed nothing beyond it
    /// can be read. False when there is none.
    /// </summary>
    public bool NextTag(ref TagSection section, out uint tag)
    {
        CloseTag(ref section);
        if (section.Remaining == 0)
        {
            tag = 0;
            return false;
        }

        section.Remaining--;
        tag = ReadUnsignedVarint();
        if (tag <= section.LastTag)
        {
            Fail($"tag {tag} follows tag {section.LastTag}; tags must ascend");
        }

        var size = ReadUnsignedVarint();
        if (size > (uint)Remaining)
        {
            Fail($"tag {tag} takes {size} bytes, {Remaining} remain");
        }

        section.LastTag = tag;
        section.OuterLimit = _limit;
        section.IsOpen = true;
        _limit = _position + (int)size;
        return true;
    }

    /// <summary>Passes over the field that <see cref="NextTag"/> began.</summary>
    public void SkipTag() => _position = _limit;

    /// <summary>Passes over a whole section.</summary>
    public void SkipTags()
    {
        if (_position < _limit && _span[_position] == 0)
        {
            _position++;
            return;
        }

        var section = BeginTags();
        while (NextTag(ref section, out _))
        {
            SkipTag();
        }
    }

    /// <summary>Refuses the message.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Fail(string reason) =>
        throw new MalformedMessageException(_messageName, _version, MessageVersions.FieldPath(_fieldPaths, Field), _position, reason);

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count > _limit - _position)
        {
            FailShort(count);
        }

        var taken = _span.Slice(_position, count);
        _position += count;
        return taken;
    }

    private ReadOnlyMemory<byte> TakeMemory(long count)
    {
        if (count > Remaining)
        {
            FailShort(count);
        }

        var taken = _memory.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    /// <summary>A length of 32 bits, or -1 for null.</summary>
    private long ReadLength(bool compact)
    {
        if (compact)
        {
            return (long)ReadUnsignedVarint() - 1;
        }

        var length = ReadInt32();
        if (length < -1)
        {
            Fail($"negative length {length}");
        }

        return length;
    }

    private ulong ReadLongVarint(int longest, ulong most)
    {
        ulong value = 0;
        for (var i = 0; i < longest; i++)
        {
            var part = Take(1)[0];
            var bits = (ulong)(part & 0x7F);
            if (bits > most >> (7 * i))
            {
                break;
            }

            value |= bits << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        Fail($"variable-length number is longer than {longest} bytes or out of range");
        return 0;
    }

    private void CloseTag(ref TagSection section)
    {
        if (!section.IsOpen)
        {
            return;
        }

        if (_position != _limit)
        {
            Fail($"tag {section.LastTag} holds {Remaining} bytes more than its field takes");
        }

        _limit = section.OuterLimit;
        section.IsOpen = false;
    }

    private readonly T? CheckNull<T>(long length)
        where T : class
    {
        if (length != -1)
        {
            Fail($"negative length {length}");
        }

        return null;
    }

    [DoesNotReturn]
    private readonly T FailNull<T>()
        where T : class
    {
        Fail("null is not allowed");
        return null;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void FailShort(long count) => Fail($"{count} bytes are needed, {Remaining} remain");
}
