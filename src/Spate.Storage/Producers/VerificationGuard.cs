namespace Spate.Storage.Producers;

/// <summary>
/// Stands for the question to a transaction coordinator whether a partition belongs to a transaction (KIP-890). It is good for one
/// append: a marker that arrives while the question is under way makes it worthless.
/// </summary>
/// <param name="Number">From 1, never the same twice in a partition; 0 stands for no question.</param>
public readonly record struct VerificationGuard(long Number)
{
    /// <summary>No question was asked, because none was needed.</summary>
    public static VerificationGuard None => default;

    public bool IsNone => Number == 0;
}
