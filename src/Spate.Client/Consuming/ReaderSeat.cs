using Spate.Client.Consuming.Groups;
using Spate.Client.Telemetry;

namespace Spate.Client.Consuming;

/// <summary>
/// The one place from which a consumer is enumerated, whatever is handed out. Who sits there has the floor while something is in the caller's hands, and lets the membership speak in between.
/// </summary>
/// <param name="cluster">Whose serialisers are used.</param>
/// <param name="options">The consumer's.</param>
/// <param name="watch">Is told of what is handed out.</param>
/// <param name="prefetch">What was fetched.</param>
/// <param name="floor">What is shared with the membership.</param>
/// <param name="poll">Waits for what was fetched next.</param>
/// <param name="begin">An enumeration begins; throws when it may not.</param>
internal sealed class ReaderSeat(
    Cluster cluster, ConsumerOptions options, ConsumerWatch watch, Prefetch prefetch, Floor floor, Func<CancellationToken, ValueTask<FetchedChunk>> poll, Action begin)
{
    private int _isTaken;

    public bool IsTaken => Volatile.Read(ref _isTaken) == 1;

    public ConsumerOptions Options => options;

    public ConsumerWatch Watch => watch;

    public Prefetch Prefetch => prefetch;

    public Floor Floor => floor;

    /// <summary>What turns bytes into records, for one enumeration.</summary>
    public ChunkReader<TKey, TValue> NewReader<TKey, TValue>() => new(cluster.Options.Serializers, options, watch.Origin);

    /// <summary>An enumeration begins.</summary>
    /// <exception cref="InvalidOperationException">Another runs.</exception>
    public void Take()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 1)
        {
            throw new InvalidOperationException("This consumer is being enumerated already; enumerate it once at a time, or make another consumer.");
        }

        try
        {
            // The floor is given to the membership first if it waits for it: nothing is in anybody's hands.
            floor.Release(isAsking: true);
            begin();
        }
        catch
        {
            floor.Release(isAsking: false);
            Volatile.Write(ref _isTaken, 0);
            throw;
        }
    }

    /// <summary>The next chunk. While there is none the membership may speak.</summary>
    public async ValueTask<FetchedChunk> NextAsync(CancellationToken cancellationToken)
    {
        floor.Turn();
        floor.Release(isAsking: true);
        var chunk = await poll(cancellationToken).ConfigureAwait(false);
        try
        {
            await floor.TakeAsync(cancellationToken).ConfigureAwait(false);
            return chunk;
        }
        catch
        {
            prefetch.Release(chunk, isWhole: false);
            throw;
        }
    }

    /// <summary>Between two steps: whoever had the last one has come back, and the membership may speak if it wants to.</summary>
    public ValueTask YieldAsync(FetchedChunk chunk, CancellationToken cancellationToken)
    {
        floor.Turn();
        return floor.IsWanted ? YieldFloorAsync(chunk, cancellationToken) : default;
    }

    /// <summary>Tells of a record that could not be read.</summary>
    /// <exception cref="KafkaSerializationException">Nobody was named to be told.</exception>
    public ValueTask TellAsync(KafkaSerializationException error, CancellationToken cancellationToken) =>
        options.OnUnreadable is { } told ? told(error, cancellationToken) : throw error;

    /// <summary>The enumeration has ended.</summary>
    /// <param name="chunk">What was not read to its end.</param>
    public void Leave(FetchedChunk? chunk)
    {
        if (chunk is not null)
        {
            prefetch.Release(chunk, isWhole: false);
        }

        floor.Release(isAsking: false);
        Volatile.Write(ref _isTaken, 0);
    }

    private ValueTask YieldFloorAsync(FetchedChunk chunk, CancellationToken cancellationToken)
    {
        prefetch.Finish(chunk);
        floor.Release(isAsking: true);
        return floor.TakeAsync(cancellationToken);
    }
}
