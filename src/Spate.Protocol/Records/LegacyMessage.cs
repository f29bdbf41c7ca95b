using System.Buffers.Binary;
using System.IO.Hashing;
using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>One message of magic 0 or 1, looking into the bytes it was read from.</summary>
public readonly ref struct LegacyMessage
{
    /// <summary>The timestamp of messages that have none.</summary>
    public const long NoTimestamp = -1;

    private const int CodecMask = 0x07;
    private const int TimestampTypeBit = 0x08;

    /// <summary>Offset in the log. For a wrapper, and only there, the offset of the last message in it.</summary>
    public long Offset { get; init; }

    public byte Magic { get; init; }

    /// <summary>Other than none for a wrapper, whose value is a compressed set of messages.</summary>
    public CompressionCodec Codec { get; init; }

    /// <summary>Always the time of creation in magic 0, which has no timestamps.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>Milliseconds since 1970; <see cref="NoTimestamp"/> in magic 0. For a wrapper the greatest of those in it.</summary>
    public long Timestamp { get; init; }

    public NullableBytes Key { get; init; }

    public NullableBytes Value { get; init; }

    /// <summary>Reads exactly one message, as <see cref="RecordBatchEnumerator"/> cuts it out, and checks size, checksum and lengths.</summary>
    public static RecordError Read(ReadOnlySpan<byte> entry, out LegacyMessage message)
    {
        message = default;
        var error = RecordBatchEnumerator.Measure(entry, out var size);
        if (error != RecordError.None)
        {
            return error;
        }

        var magic = entry[LegacyMessageLayout.Magic];
        if (magic > 1)
        {
            return RecordError.UnsupportedMagic;
        }

        if (size != entry.Length)
        {
            return RecordError.InvalidBatchLength;
        }

        if (Crc32.HashToUInt32(entry[LegacyMessageLayout.Magic..]) != BinaryPrimitives.ReadUInt32BigEndian(entry[LegacyMessageLayout.Crc..]))
        {
            return RecordError.CrcMismatch;
        }

        return ReadFields(entry, magic, out message);
    }

    private static RecordError ReadFields(ReadOnlySpan<byte> entry, byte magic, out LegacyMessage message)
    {
        message = default;
        var attributes = entry[LegacyMessageLayout.Attributes];
        var codec = (CompressionCodec)(attributes & CodecMask);
        if (codec > CompressionCodec.Lz4)
        {
            return RecordError.InvalidCompression;
        }

        var rest = entry[(magic == 0 ? LegacyMessageLayout.KeyMagic0 : LegacyMessageLayout.KeyMagic1)..];
        if (!TryReadBytes(ref rest, out var key))
        {
            return RecordError.InvalidKeyLength;
        }

        if (!TryReadBytes(ref rest, out var value))
        {
            return RecordError.InvalidValueLength;
        }

        if (!rest.IsEmpty)
        {
            return RecordError.TrailingBytes;
        }

        message = new LegacyMessage
        {
            Offset = BinaryPrimitives.ReadInt64BigEndian(entry),
            Magic = magic,
            Codec = codec,
            TimestampType = magic == 1 && (attributes & TimestampTypeBit) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime,
            Timestamp = magic == 1 ? BinaryPrimitives.ReadInt64BigEndian(entry[LegacyMessageLayout.Timestamp..]) : NoTimestamp,
            Key = key,
            Value = value,
        };
        return RecordError.None;
    }

    /// <summary>Bytes that a message takes.</summary>
    public static int SizeOf(byte magic, NullableBytes key, NullableBytes value) => checked(
        (magic == 0 ? LegacyMessageLayout.MinimumSizeMagic0 : LegacyMessageLayout.MinimumSizeMagic1) + key.Span.Length + value.Span.Length);

    /// <summary>Writes the message, its checksum included, to the front of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        var entry = destination[..SizeOf(Magic, Key, Value)];
        BinaryPrimitives.WriteInt64BigEndian(entry, Offset);
        BinaryPrimitives.WriteInt32BigEndian(entry[LegacyMessageLayout.MessageLength..], entry.Length - RecordBatchLayout.LogOverhead);
        entry[LegacyMessageLayout.Magic] = Magic;
        var timestampType = Magic == 1 && TimestampType == TimestampType.LogAppendTime ? TimestampTypeBit : 0;
        entry[LegacyMessageLayout.Attributes] = (byte)((int)Codec | timestampType);
        if (Magic == 1)
        {
            BinaryPrimitives.WriteInt64BigEndian(entry[LegacyMessageLayout.Timestamp..], Timestamp);
        }

        var rest = entry[(Magic == 0 ? LegacyMessageLayout.KeyMagic0 : LegacyMessageLayout.KeyMagic1)..];
        WriteBytes(ref rest, Key);
        WriteBytes(ref rest, Value);
        BinaryPrimitives.WriteUInt32BigEndian(entry[LegacyMessageLayout.Crc..], Crc32.HashToUInt32(entry[LegacyMessageLayout.Magic..]));
    }

    private static bool TryReadBytes(scoped ref ReadOnlySpan<byte> rest, out NullableBytes bytes)
    {
        bytes = default;
        if (!BinaryPrimitives.TryReadInt32BigEndian(rest, out var length) || length < -1 || length > rest.Length - sizeof(int))
        {
            return false;
        }

        rest = rest[sizeof(int)..];
        if (length >= 0)
        {
            bytes = rest[..length];
            rest = rest[length..];
        }

        return true;
    }

    private static void WriteBytes(ref Span<byte> rest, NullableBytes bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, bytes.EncodedLength);
        bytes.Span.CopyTo(rest[sizeof(int)..]);
        rest = rest[(sizeof(int) + bytes.Span.Length)..];
    }
}
