namespace Spate.Client.Consuming;

/// <summary>
/// Records as they come, without end. Run <c>await foreach</c> over it without a cast to an interface: a step that finds its record received already is then a plain call. Each enumeration
/// begins where the one before it stopped; there is one at a time.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public sealed class RecordStream<TKey, TValue> : IAsyncEnumerable<ConsumerRecord<TKey, TValue>>
{
    private readonly CancellationToken _cancellation;

    internal RecordStream(ReaderSeat seat, CancellationToken cancellationToken)
    {
        Seat = seat;
        _cancellation = cancellationToken;
    }

    internal RecordStream(Func<CancellationToken, Task<Consumer>> open, CancellationToken cancellationToken)
    {
        Open = open;
        _cancellation = cancellationToken;
    }

    /// <summary>From where the consumer is read; null where each enumeration has a consumer of its own.</summary>
    internal ReaderSeat? Seat { get; }

    /// <summary>Makes the consumer that one enumeration reads and ends; null where there is one already.</summary>
    internal Func<CancellationToken, Task<Consumer>>? Open { get; }

    /// <summary>Begins to read, with the first step. Leave it by disposing it, as <c>await foreach</c> does.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>, as does the token that the stream was made with.</param>
    public RecordReader<TKey, TValue> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new(this, _cancellation, cancellationToken);

    IAsyncEnumerator<ConsumerRecord<TKey, TValue>> IAsyncEnumerable<ConsumerRecord<TKey, TValue>>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        GetAsyncEnumerator(cancellationToken);
}
