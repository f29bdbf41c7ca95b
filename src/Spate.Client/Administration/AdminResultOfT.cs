using Spate.Client.Administration.Calls;

namespace Spate.Client.Administration;

/// <summary>What became of one item of a call: the others may have fared otherwise.</summary>
/// <typeparam name="T">What success gives.</typeparam>
public readonly record struct AdminResult<T> : IAdminResult<AdminResult<T>>
{
    private readonly T? _value;

    internal AdminResult(T value) => _value = value;

    internal AdminResult(KafkaException error) => Error = error;

    /// <summary>Null when it succeeded.</summary>
    public KafkaException? Error { get; }

    /// <summary>Whether it succeeded.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>What success gave.</summary>
    /// <exception cref="KafkaException">It did not succeed; this says why.</exception>
    public T Value => Error is { } error ? throw error : _value!;

    static AdminResult<T> IAdminResult<AdminResult<T>>.Of(KafkaException error) => new(error);

    /// <summary>The value, or the error's message.</summary>
    public override string ToString() => Error?.Message ?? $"{_value}";
}
