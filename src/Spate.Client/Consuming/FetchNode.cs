namespace Spate.Client.Consuming;

/// <summary>What a fetcher knows of one broker. Belongs to the fetcher's loop, but for the time of a fetch, when all but <see cref="IsFetching"/> belongs to that.</summary>
internal sealed class FetchNode(int id, ConsumerOptions options)
{
    public int Id { get; } = id;

    public FetchSession Session { get; } = new(options);

    /// <summary>What the next fetch asks for.</summary>
    public List<FetchAsk> Asks { get; } = [];

    /// <summary>When it was asked last, in turns of the fetcher; 0 before that.</summary>
    public long Turn { get; set; }

    /// <summary>A fetch is under way. Under the gate.</summary>
    public bool IsFetching { get; set; }

    /// <summary>The clock's timestamp before which the broker does not want to be asked again (KIP-219).</summary>
    public long MutedUntil { get; set; }
}
