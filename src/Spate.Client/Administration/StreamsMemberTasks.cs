namespace Spate.Client.Administration;

/// <summary>The tasks of a member of a streams group (KIP-1071).</summary>
/// <param name="Active">Those that it works on: it reads their partitions.</param>
/// <param name="Standby">Those that it keeps a copy of the state of, to take over.</param>
/// <param name="Warmup">Those whose state it restores, to work on them when it is done.</param>
public sealed record StreamsMemberTasks(IReadOnlyList<StreamsTask> Active, IReadOnlyList<StreamsTask> Standby, IReadOnlyList<StreamsTask> Warmup);
