using Spate.Protocol;

namespace Spate.Client.Consuming.Groups;

/// <summary>What a round has come to.</summary>
/// <param name="Assignment">This member's part.</param>
/// <param name="Topics">What it joined with.</param>
/// <param name="Watched">The partitions of all topics of the group as they were when they were assigned, at the member that leads it; null at the others.</param>
internal sealed record ClassicGeneration(IReadOnlyCollection<TopicPartition> Assignment, IReadOnlyList<string> Topics, IReadOnlyDictionary<string, int>? Watched);
