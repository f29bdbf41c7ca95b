using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;

namespace Spate.Client.Serialization;

/// <summary>
/// Which serialiser stands for which type. Immutable, and safe for use by several threads at once: each <c>With</c> gives a new set. <see cref="Default"/> knows <see cref="string"/>,
/// <see cref="bool"/>, <see cref="short"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="Guid"/>, each of them also with a null (<c>int?</c>),
/// <c>byte[]</c> and <c>ReadOnlyMemory&lt;byte&gt;</c>, and reads any key as <see cref="NoKey"/>.
/// </summary>
public sealed class Serializers
{
    private readonly FrozenDictionary<Type, object> _writers;
    private readonly FrozenDictionary<Type, object> _readers;

    private Serializers(FrozenDictionary<Type, object> writers, FrozenDictionary<Type, object> readers)
    {
        _writers = writers;
        _readers = readers;
    }

    /// <summary>What is built in.</summary>
    public static Serializers Default { get; } = BuiltIn();

    /// <summary>Adds a serialiser, or puts it in the place of the one before.</summary>
    /// <param name="serializer">Writes the type from several threads at once.</param>
    public Serializers With<T>(ISerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return new Serializers(Put<T>(_writers, serializer), _readers);
    }

    /// <summary>Adds a deserialiser, or puts it in the place of the one before.</summary>
    /// <param name="deserializer">Reads the type from several threads at once.</param>
    public Serializers With<T>(IDeserializer<T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(deserializer);
        return new Serializers(_writers, Put<T>(_readers, deserializer));
    }

    /// <summary>Adds both, or puts them in the place of those before; one object may be both.</summary>
    /// <param name="serializer">Writes the type from several threads at once.</param>
    /// <param name="deserializer">Reads the type from several threads at once.</param>
    public Serializers With<T>(ISerializer<T> serializer, IDeserializer<T> deserializer) => With(serializer).With(deserializer);

    /// <summary>Adds a deserialiser that may take time, or puts it in the place of the one before. Consumers wait for it.</summary>
    /// <param name="deserializer">Reads the type, for several consumers at once.</param>
    public Serializers With<T>(IAsyncDeserializer<T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(deserializer);
        return new Serializers(_writers, Put<T>(_readers, deserializer));
    }

    /// <summary>
    /// Writes and reads a value type with a null, as <c>T?</c>, where its serialisers are in this set already: null is no key or value at all, such as what deletes a key from a compacted topic.
    /// Those of <see cref="Default"/> are there. When the type's own serialisers are replaced later, these go along.
    /// </summary>
    /// <typeparam name="T">The type without null.</typeparam>
    /// <exception cref="KafkaSerializationException">There are none for the type, or its deserialiser is asynchronous.</exception>
    public Serializers WithNullable<T>()
        where T : struct =>
        new(Put<T?>(_writers, new NullableSerializer<T>(WriterOf<T>())), Put<T?>(_readers, new NullableDeserializer<T>(ReaderOf<T>())));

    /// <summary>Writes and reads lists of a type whose serialisers are in this set already, as <c>IReadOnlyList&lt;T&gt;</c>, in the form of Kafka's ListSerializer.</summary>
    /// <exception cref="KafkaSerializationException">There are none for the type, or its deserialiser is asynchronous.</exception>
    public Serializers WithList<T>()
    {
        var list = new ListSerializer<T>(WriterOf<T>(), ReaderOf<T>());
        return new Serializers(Put<IReadOnlyList<T?>>(_writers, list), Put<IReadOnlyList<T?>>(_readers, list));
    }

    /// <summary>Writes and reads a type as JSON, by a contract that the compiler has generated, such as <c>OrderJson.Default.Order</c>.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="type">The contract, whose options say how the JSON looks. JSON that says null is refused where it is read.</param>
    public Serializers WithJson<T>(JsonTypeInfo<T> type)
    {
        var json = new JsonSerializer<T>(type);
        return new Serializers(Put<T>(_writers, json), Put<T>(_readers, json));
    }

    /// <summary>Writes and reads a type of message as Protobuf: its bytes, without the frame of a schema registry.</summary>
    /// <typeparam name="T">The message's class, as Protobuf's compiler generates it.</typeparam>
    /// <param name="parser">What makes messages, such as <c>Order.Parser</c>.</param>
    public Serializers WithProtobuf<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var protobuf = new ProtobufSerializer<T>(parser);
        return new Serializers(Put<T>(_writers, protobuf), Put<T>(_readers, protobuf));
    }

    /// <exception cref="KafkaSerializationException">There is none for the type.</exception>
    internal ISerializer<T> WriterOf<T>() => _writers.TryGetValue(typeof(T), out var found)
        ? (ISerializer<T>)found
        : throw new KafkaSerializationException($"There is no serialiser for {typeof(T)}. Add one to KafkaClientOptions.Serializers with {WaysFor<T>()}.");

    /// <exception cref="KafkaSerializationException">There is none for the type, or it may take time, which is not waited for here.</exception>
    internal IDeserializer<T> ReaderOf<T>() => Reader<T>() as IDeserializer<T>
        ?? throw new KafkaSerializationException($"The deserialiser for {typeof(T)} is asynchronous, and what reads here does not wait. Add one that implements IDeserializer<T>.");

    /// <summary>The deserialiser of a type where it may take time; null where it does not.</summary>
    /// <exception cref="KafkaSerializationException">There is none for the type.</exception>
    internal IAsyncDeserializer<T>? AsyncReaderOf<T>() => Reader<T>() is IDeserializer<T> ? null : (IAsyncDeserializer<T>)Reader<T>();

    /// <summary>The deserialiser of a type that is made of the received bytes themselves; null for any other.</summary>
    internal ILendingDeserializer<T>? LenderOf<T>() => Reader<T>() as ILendingDeserializer<T>;

    private static string WaysFor<T>() => Nullable.GetUnderlyingType(typeof(T)) is { } type ? $"WithNullable<{type.Name}>, once it has those for {type.Name}" : "With, WithJson or WithProtobuf";

    private object Reader<T>() => _readers.TryGetValue(typeof(T), out var found)
        ? found
        : throw new KafkaSerializationException($"There is no deserialiser for {typeof(T)}. Add one to KafkaClientOptions.Serializers with {WaysFor<T>()}.");

    private static FrozenDictionary<Type, object> Put<T>(FrozenDictionary<Type, object> known, object value)
    {
        var all = new Dictionary<Type, object> { [typeof(T)] = value };
        foreach (var (type, before) in known)
        {
            if (type != typeof(T) && (before is INullableOf<T> nullable ? nullable.Over(value) : before) is { } after)
            {
                all.Add(type, after);
            }
        }

        return all.ToFrozenDictionary();
    }

    private static Serializers BuiltIn()
    {
        var bytes = new BytesSerializer();
        var all = new Dictionary<Type, object>
        {
            [typeof(string)] = new StringSerializer(),
            [typeof(bool)] = new BooleanSerializer(),
            [typeof(short)] = new Int16Serializer(),
            [typeof(int)] = new Int32Serializer(),
            [typeof(long)] = new Int64Serializer(),
            [typeof(float)] = new SingleSerializer(),
            [typeof(double)] = new DoubleSerializer(),
            [typeof(Guid)] = new GuidSerializer(),
            [typeof(byte[])] = bytes,
            [typeof(ReadOnlyMemory<byte>)] = bytes,
        }.ToFrozenDictionary();
        return new Serializers(all, Put<NoKey>(all, new NoKeyDeserializer()))
            .WithNullable<bool>().WithNullable<short>().WithNullable<int>().WithNullable<long>().WithNullable<float>().WithNullable<double>().WithNullable<Guid>();
    }
}
