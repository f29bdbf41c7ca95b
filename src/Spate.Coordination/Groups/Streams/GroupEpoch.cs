namespace Spate.Coordination.Groups.Streams;

/// <summary>An epoch of a group, and what it depends on: when anything of it becomes another, the next one begins.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="MetadataHash">What the topics of the application looked like.</param>
/// <param name="ValidatedTopologyEpoch">The epoch of the topology that could run with them; -1 when it could not.</param>
/// <param name="StandbyReplicas">How many copies of state there were to be; null when the log does not say.</param>
internal sealed record GroupEpoch(int Epoch, long MetadataHash, int ValidatedTopologyEpoch, int? StandbyReplicas);
