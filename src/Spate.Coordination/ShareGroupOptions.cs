namespace Spate.Coordination;

/// <summary>What share groups (KIP-932) are held to; fixed for the coordinator's life. Defaults are Kafka's.</summary>
public sealed record ShareGroupOptions
{
    /// <summary>The most members of a group, from 1. group.share.max.size.</summary>
    public int MaxSize { get; init; } = 200;

    /// <summary>
    /// The assignors that may be used, of which there is one: <c>simple</c>. The first one makes all assignments, for members cannot ask for any.
    /// group.share.assignors.
    /// </summary>
    public IReadOnlyList<string> Assignors { get; init; } = ["simple"];

    /// <summary>
    /// How long to wait before delivery state that could not be initialized or deleted is tried again. Default one second.
    /// </summary>
    public TimeSpan StateRetryBackoff { get; init; } = TimeSpan.FromSeconds(1);
}
