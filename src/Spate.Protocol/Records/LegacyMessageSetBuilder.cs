using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>
/// Writes messages of magic 0 or 1 to the end of a buffer, one after the other or, with a codec, together in one wrapper. Used over and over
/// through <see cref="Begin"/>. Not safe for use by several threads at once.
/// </summary>
public sealed class LegacyMessageSetBuilder : IDisposable
{
    private readonly PooledBuffer _inner = new();
    private readonly PooledBuffer _compressed = new();
    private PooledBuffer? _destination;
    private byte _magic;
    private CompressionCodec _codec;
    private int? _level;
    private TimestampType _timestampType;
    private long _firstOffset;
    private long _lastOffset;
    private long _maxTimestamp;
    private int _count;

    /// <summary>Starts a set.</summary>
    /// <param name="destination">Where the set is added.</param>
    /// <param name="magic">0 or 1.</param>
    /// <param name="codec">Any codec but zstd.</param>
    /// <param name="timestampType">What the timestamps mean; magic 0 has none.</param>
    /// <param name="level">The codec's level; null for its default.</param>
    public void Begin(
        PooledBuffer destination, byte magic, CompressionCodec codec, TimestampType timestampType = TimestampType.CreateTime, int? level = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magic, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)codec, (byte)CompressionCodec.Lz4, nameof(codec));
        _destination = destination;
        _magic = magic;
        _codec = codec;
        _level = level;
        _timestampType = magic == 0 ? TimestampType.CreateTime : timestampType;
        _count = 0;
        _inner.Clear();
    }

    /// <summary>Adds a message. Offsets must rise; they may leave gaps.</summary>
    public void Append(long offset, long timestamp, NullableBytes key, NullableBytes value)
    {
        if (_destination is null)
        {
            throw new InvalidOperationException("A set is begun before messages are added to it.");
        }

        if (_count == 0)
        {
            _firstOffset = offset;
            _maxTimestamp = timestamp;
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, _lastOffset);
            _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        }

        _count++;
        _lastOffset = offset;
        var isWrapped = _codec != CompressionCodec.None;
        Write(
            isWrapped ? _inner : _destination,
            new LegacyMessage
            {
                Offset = isWrapped && _magic == 1 ? offset - _firstOffset : offset,
                Magic = _magic,
                TimestampType = _timestampType,
                Timestamp = _magic == 0 ? LegacyMessage.NoTimestamp : timestamp,
                Key = key,
                Value = value,
            });
    }

    /// <summary>Finishes the set: with a codec, writes the wrapper. A set without messages leaves nothing.</summary>
    public void Complete()
    {
        if (_destination is { } destination && _codec != CompressionCodec.None && _count > 0)
        {
            _compressed.Clear();
            Compressor.Compress(_codec, _level, _inner.Span, _compressed, _magic);
            Write(
                destination,
                new LegacyMessage
                {
                    Offset = _lastOffset,
                    Magic = _magic,
                    Codec = _codec,
                    TimestampType = _timestampType,
                    Timestamp = _magic == 0 ? LegacyMessage.NoTimestamp : _maxTimestamp,
                    Value = _compressed.Span,
                });
        }

        _destination = null;
    }

    /// <summary>Gives the memory back to the pool; the destination stays its owner's.</summary>
    public void Dispose()
    {
        _inner.Dispose();
        _compressed.Dispose();
    }

    private static void Write(PooledBuffer destination, in LegacyMessage message) =>
        message.Write(destination.Append(LegacyMessage.SizeOf(message.Magic, message.Key, message.Value)));
}
