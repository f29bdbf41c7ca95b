namespace Spate.Coordination.Runtime;

/// <summary>What a command may run beside, among the commands of the same key that are waiting for the log.</summary>
public enum CommandAccess
{
    /// <summary>Runs at once and sees committed state. It must not give records, nor change anything that a waiting command relies on.</summary>
    Immediate,

    /// <summary>Runs beside other shared commands: their records do not depend on each other, the later one wins.</summary>
    Shared,

    /// <summary>Runs when no other command of its key is waiting for the log.</summary>
    Exclusive,
}
