namespace Spate.Client.Administration;

/// <summary>Which groups <see cref="GroupAdmin.ListAsync"/> lists. Immutable.</summary>
public sealed record ListGroupsOptions
{
    /// <summary>Groups in these states only (KIP-518): ListGroups version 4, of Kafka 2.6. Default: none, for all states.</summary>
    public IReadOnlyCollection<GroupState> States { get; init; } = [];

    /// <summary>Groups of these kinds only (KIP-848): ListGroups version 5, of Kafka 3.8. Default: none, for all kinds.</summary>
    public IReadOnlyCollection<GroupType> Types { get; init; } = [];
}
