using Spate.Client.Serialization;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>The bytes of one record's key and value between the serialisers and the batch. Used by one call at a time.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly PooledBuffer _buffer = new();
    private int _keyLength;
    private bool _hasKey;
    private bool _hasValue;

    public NullableBytes Key => _hasKey ? _buffer.Span[.._keyLength] : NullableBytes.Null;

    public NullableBytes Value => _hasValue ? _buffer.Span[_keyLength..] : NullableBytes.Null;

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
        if (_hasValue)
        {
            Write(record.Value!, record.Topic, RecordPart.Value, serializers);
        }
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Asks only where there is a null to ask for: a value of another kind would be put into a box for it.</summary>
    private static bool IsNull<T>(T? value) =>
        (!typeof(T).IsValueType || Nullable.GetUnderlyingType(typeof(T)) is not null) && value is null;

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
