namespace Spate.Simulation.Cluster;

/// <summary>The topics in which coordinators keep what they have decided.</summary>
internal enum InternalTopic
{
    Offsets,
    Transactions,
    ShareStates,
}
