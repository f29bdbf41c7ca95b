using System.Buffers;
using Spate.Client.Serialization;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>The bytes of one record's key and value between the serialisers and the batch. Used by one call at a time.</summary>
internal sealed class Scratch : IDisposable
{
    [ThreadStatic]
    private static Scratch? _idle;

    private readonly PooledBuffer _buffer = new();
    private ReadOnlyMemory<byte> _borrowedValue;
    private int _keyLength;
    private bool _isValueBorrowed;
    private bool _hasKey;
    private bool _hasValue;

    public NullableBytes Key => _hasKey ? _buffer.Span[.._keyLength] : NullableBytes.Null;

    public NullableBytes Value => !_hasValue ? NullableBytes.Null : _isValueBorrowed ? _borrowedValue.Span : _buffer.Span[_keyLength..];

    /// <summary>One that nobody uses: the thread's own, unless a record of this thread has taken that along into a line.</summary>
    public static Scratch Rent()
    {
        var scratch = _idle ?? new Scratch();
        _idle = null;
        return scratch;
    }

    /// <summary>Keeps it for the thread's next record.</summary>
    public void Return()
    {
        _borrowedValue = default;
        if (_idle is null)
        {
            _idle = this;
        }
        else
        {
            Dispose();
        }
    }

    /// <exception cref="KafkaSerializationException">A serialiser threw, or there is none.</exception>
    public void Serialize<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Serializers serializers)
    {
        _buffer.Clear();
        _hasKey = typeof(TKey) != typeof(NoKey) && !IsNull(record.Key);
        if (_hasKey)
        {
            Write(record.Key!, record.Topic, RecordPart.Key, serializers);
        }

        _keyLength = _buffer.Length;
        _hasValue = !IsNull(record.Value);
        _isValueBorrowed = _hasValue && TryBorrow(record.Value!, serializers);
        if (_hasValue && !_isValueBorrowed)
        {
            Write(record.Value!, record.Topic, RecordPart.Value, serializers);
        }
    }

    /// <summary>Copies what belongs to the caller, who may change it once the call has returned.</summary>
    public void Own()
    {
        if (_isValueBorrowed)
        {
            _buffer.Write(_borrowedValue.Span);
            _borrowedValue = default;
            _isValueBorrowed = false;
        }
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Asks only where there is a null to ask for: a value of another kind would be put into a box for it.</summary>
    private static bool IsNull<T>(T? value) =>
        (!typeof(T).IsValueType || Nullable.GetUnderlyingType(typeof(T)) is not null) && value is null;

    /// <summary>Bytes that go into the batch as they are need not be copied on the way.</summary>
    private bool TryBorrow<T>(T value, Serializers serializers)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<byte>) && serializers.WriterOf<T>() is BytesSerializer)
        {
            _borrowedValue = (ReadOnlyMemory<byte>)(object)value!;
            return true;
        }

        if (typeof(T) == typeof(byte[]) && serializers.WriterOf<T>() is BytesSerializer)
        {
            _borrowedValue = (byte[])(object)value!;
            return true;
        }

        return false;
    }

    private void Write<T>(T value, string topic, RecordPart part, Serializers serializers)
    {
        var serializer = serializers.WriterOf<T>();
        try
        {
            serializer.Serialize(value, _buffer, new SerializationContext(topic, part));
        }
        catch (Exception failure)
        {
            throw new KafkaSerializationException(
                $"The {part.ToString().ToLowerInvariant()} of a record for topic '{topic}' could not be written by {serializer.GetType().Name}: {failure.Message} Nothing was sent.", failure);
        }
    }
}
