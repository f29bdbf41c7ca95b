namespace Spate.Client.Serialization;

/// <summary>Writes or reads a value type with a null as another writes or reads it without, and goes along when that one is replaced.</summary>
/// <typeparam name="T">The type without null.</typeparam>
internal interface INullableOf<T>
{
    /// <summary>The same over another serialiser or deserialiser of the type; null where there is no such thing.</summary>
    object? Over(object other);
}
