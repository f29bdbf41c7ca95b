namespace Spate.Coordination;

/// <summary>Which groups may change between the classic and the consumer protocol while they have members.</summary>
[Flags]
public enum ConsumerMigrationPolicy
{
    /// <summary>None: a group has to be empty.</summary>
    Disabled = 0,

    /// <summary>A classic group becomes one of the consumer protocol when the first member of that protocol joins.</summary>
    Upgrade = 1,

    /// <summary>A group of the consumer protocol becomes a classic one when its last member of the consumer protocol has left.</summary>
    Downgrade = 2,

    /// <summary>Both.</summary>
    Bidirectional = Upgrade | Downgrade,
}
