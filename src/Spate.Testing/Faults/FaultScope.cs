namespace Spate.Testing.Faults;

/// <summary>Which requests of an API a fault befalls. All that is given must hold; by default the next one of any client. Immutable.</summary>
public sealed record FaultScope
{
    /// <summary>The client's own name for itself (<c>client.id</c>). Default: any.</summary>
    public string? ClientId { get; init; }

    /// <summary>
    /// A topic that the request is about, alone or among others; the fault befalls the whole request. A fetch that goes on with a session
    /// names only what has changed since. Default: any, also requests that are about no topic.
    /// </summary>
    public string? Topic { get; init; }

    /// <summary>
    /// What else must hold. Called on the broker's threads, several at once; what it is given may be read until it returns. Default: nothing.
    /// </summary>
    public Func<FaultedRequest, bool>? Where { get; init; }

    /// <summary>How many such requests pass unharmed first, from 0. Default: 0.</summary>
    public int Skip { get; init; }

    /// <summary>How many such requests it befalls then, from 1; <see cref="int.MaxValue"/> for all until the fault is disposed. Default: 1.</summary>
    public int Times { get; init; } = 1;

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal FaultScope Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(Times, 1);
        return this;
    }

    internal bool Holds(FaultedRequest request) =>
        (ClientId is null || request.ClientId == ClientId)
        && (Topic is null || request.Topics.Contains(Topic))
        && (Where is null || Where(request));
}
