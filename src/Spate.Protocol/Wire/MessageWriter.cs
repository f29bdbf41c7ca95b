using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using Spate.Protocol.Errors;

namespace Spate.Protocol.Wire;

/// <summary>
/// Writes the protocol's primitives into one pooled buffer that grows, and remembers where record bytes belong that are not copied into
/// it. Made to be used again and again: write, send <see cref="Parts"/>, <see cref="Reset"/>. Not safe for several threads at once.
/// <para>
/// Who owns what: record bytes at hand are referred to, not copied, when they are more than a few; they must stay unchanged until
/// <see cref="Reset"/>. A record source belongs to the writer once it was written, and is disposed by <see cref="Reset"/> or
/// <see cref="Dispose"/>, sent or not.
/// </para>
/// </summary>
public sealed class MessageWriter : IDisposable
{
    /// <summary>Record payloads up to this many bytes are copied: referring to them would cost the sender more than the copy does.</summary>
    public const int CopiedPayloadBytes = 1024;

    /// <summary>A buffer that has grown beyond this many bytes is given back at <see cref="Reset"/> instead of being kept.</summary>
    public const int RetainedBytes = 256 * 1024;

    private const int FrameLengthSize = sizeof(int);
    private const int StartingBytes = 512;

    /// <summary>A text of so many characters takes less than 128 bytes whatever it says, so its compact length takes one byte.</summary>
    private const int ShortText = 126 / 3;

    private readonly List<Splice> _splices = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(StartingBytes);
    private int _length;
    private int _splicedLength;
    private int _frameStart = -1;
    private int _frameStartLength;
    private string _messageName = "";
    private string? _fieldPaths;
    private short _version;

    /// <summary>Bytes written so far, those of spliced records among them.</summary>
    public int Length => _length + _splicedLength;

    /// <summary>What was written, in order. Valid until the next write, <see cref="Reset"/> or <see cref="Dispose"/>.</summary>
    public FrameParts Parts => new(_buffer, _length, _splices);

    /// <summary>Says which message is written from here on. Generated code calls it first.</summary>
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
    }

    /// <summary>Leaves room for the length that stands in front of a frame.</summary>
    public void BeginFrame()
    {
        if (_frameStart >= 0)
        {
            throw new InvalidOperationException("A frame was begun inside a frame.");
        }

        _frameStart = _length;
        Take(FrameLengthSize);
        _frameStartLength = Length;
    }

    /// <summary>Fills in the length of the frame that <see cref="BeginFrame"/> began: all bytes after the length itself.</summary>
    public void EndFrame()
    {
        if (_frameStart < 0)
        {
            throw new InvalidOperationException("A frame was ended that was not begun.");
        }

        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_frameStart), Length - _frameStartLength);
        _frameStart = -1;
    }

    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(sizeof(double)), value);

    public void WriteUuid(Uuid value) => value.Write(Take(Uuid.Size));

    public void WriteErrorCode(ErrorCode value) => WriteInt16((short)value);

    /// <summary>Seven bits a byte, lowest first.</summary>
    public void WriteUnsignedVarint(uint value)
    {
        if (value < 0x80)
        {
            Take(1)[0] = (byte)value;
            return;
        }

        PutVarint(Take(VarintSize(value)), value);
    }

    /// <summary>A 32-bit number in zig-zag form: the sign in the lowest bit.</summary>
    public void WriteVarint(int value) => WriteUnsignedVarint((uint)((value << 1) ^ (value >> 31)));

    /// <summary>A 64-bit number in zig-zag form.</summary>
    public void WriteVarlong(long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        PutVarint(Take(VarintSize(bits)), bits);
    }

    /// <exception cref="ArgumentException">The text takes more than <see cref="WireLimits.StringBytes"/> bytes.</exception>
    public void WriteString(string value, bool compact)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (compact && value.Length <= ShortText)
        {
            var room = TakeAtMost(1 + (value.Length * 3));
            var written = Encoding.UTF8.GetBytes(value, room[1..]);
            room[0] = (byte)(written + 1);
            _length += 1 + written;
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        if (count > WireLimits.StringBytes)
        {
            throw new ArgumentException($"A string of {count} bytes exceeds the protocol's limit of {WireLimits.StringBytes}.", nameof(value));
        }

        if (compact)
        {
            WriteUnsignedVarint((uint)count + 1);
        }
        else
        {
            WriteInt16((short)count);
        }

        Encoding.UTF8.GetBytes(value, Take(count));
    }

    public void WriteNullableString(string? value, bool compact)
    {
        if (value is not null)
        {
            WriteString(value, compact);
        }
        else if (compact)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    public void WriteBytes(ReadOnlyMemory<byte> value, bool compact)
    {
        WriteArrayCount(value.Length, compact);
        WriteRaw(value.Span);
    }

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        if (value is { } bytes)
        {
            WriteBytes(bytes, compact);
        }
        else
        {
            WriteNullArray(compact);
        }
    }

    /// <summary>A payload with its length in front; null is written as null. Takes over the payload's source, if it has one.</summary>
    public void WriteRecords(RecordsPayload value, bool compact)
    {
        if (value.IsNull)
        {
            WriteNullArray(compact);
            return;
        }

        WriteArrayCount(value.Length, compact);
        if (value.Source is { } source)
        {
            AddSplice(new FramePart(source));
        }
        else if (value.Length > CopiedPayloadBytes)
        {
            AddSplice(new FramePart(value.Bytes));
        }
        else
        {
            WriteRaw(value.Bytes.Span);
        }
    }

    /// <summary>Bytes as they are, without a length in front.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>The count of an array, or the length of bytes.</summary>
    public void WriteArrayCount(int count, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)count + 1);
        }
        else
        {
            WriteInt32(count);
        }
    }

    /// <summary>An array, or bytes, that are null.</summary>
    public void WriteNullArray(bool compact) => WriteArrayCount(-1, compact);

    /// <summary>Begins a tagged field; what it returns goes to <see cref="EndTag"/>.</summary>
    public int BeginTag(uint tag)
    {
        WriteUnsignedVarint(tag);
        Take(1);
        return _length;
    }

    /// <summary>Fills in the size of a tagged field, and moves the field when its size takes more than the one byte left for it.</summary>
    public void EndTag(int start)
    {
        if (_splices.Count > 0 && _splices[^1].Position > start)
        {
            throw new InvalidOperationException("Records were spliced into a tagged field, which may have to be moved.");
        }

        var size = _length - start;
        var more = VarintSize((uint)size) - 1;
        if (more > 0)
        {
            Take(more);
            _buffer.AsSpan(start, size).CopyTo(_buffer.AsSpan(start + more));
        }

        PutVarint(_buffer.AsSpan(start - 1), (uint)size);
    }

    /// <summary>Refuses to write a field that the version has no room for.</summary>
    /// <exception cref="UnsupportedFieldException">Always.</exception>
    [DoesNotReturn]
    public void RefuseField(int field) => Refuse(field, "this version has no such field, and it is not at its default");

    /// <summary>Refuses to write null where the version has none.</summary>
    /// <exception cref="UnsupportedFieldException">Always.</exception>
    [DoesNotReturn]
    public void RefuseNull(int field) => Refuse(field, "null is not allowed in this version");

    /// <summary>All bytes in one array, record sources read out. For tests and small messages.</summary>
    public byte[] ToArray()
    {
        var result = new byte[Length];
        var position = 0;
        foreach (var part in Parts)
        {
            var target = result.AsSpan(position, part.Length);
            if (part.Source is { } source)
            {
                ReadWhole(source, target);
            }
            else
            {
                part.Bytes.Span.CopyTo(target);
            }

            position += target.Length;
        }

        return result;
    }

    /// <summary>Forgets everything that was written, and disposes the record sources among it.</summary>
    public void Reset()
    {
        ReleaseSources();
        _length = 0;
        _splicedLength = 0;
        _frameStart = -1;
        if (_buffer.Length > RetainedBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(StartingBytes);
        }
    }

    public void Dispose()
    {
        ReleaseSources();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
            _splicedLength = 0;
        }
    }

    internal Span<byte> Take(int count)
    {
        var room = TakeAtMost(count);
        _length += count;
        return room;
    }

    private static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private static void PutVarint(Span<byte> target, ulong value)
    {
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[i++] = (byte)(value | 0x80);
        }

        target[i] = (byte)value;
    }

    private static void ReadWhole(IRecordSource source, Span<byte> target)
    {
        for (var position = 0; position < target.Length;)
        {
            var read = source.Read(position, target[position..]);
            if (read <= 0)
            {
                throw new IOException($"A record source of {target.Length} bytes ended after {position}.");
            }

            position += read;
        }
    }

    private Span<byte> TakeAtMost(int count)
    {
        if (count > _buffer.Length - _length)
        {
            Grow(count);
        }

        return _buffer.AsSpan(_length, count);
    }

    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        var needed = (long)_length + count;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException($"A message of {needed} bytes exceeds what one frame can hold.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void AddSplice(FramePart part)
    {
        _splicedLength = checked(_splicedLength + part.Length);
        _splices.Add(new Splice(_length, part));
    }

    private void ReleaseSources()
    {
        foreach (var splice in _splices)
        {
            splice.Part.Source?.Dispose();
        }

        _splices.Clear();
    }

    [DoesNotReturn]
    private void Refuse(int field, string reason) =>
        throw new UnsupportedFieldException(_messageName, _version, MessageVersions.FieldPath(_fieldPaths, field) ?? "", reason);
}
