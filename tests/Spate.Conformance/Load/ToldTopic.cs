namespace Spate.Conformance.Load;

/// <summary>A topic as an administrator was told that it is.</summary>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Retention">Its retention.ms.</param>
/// <param name="Start">The first offset of partition 0.</param>
/// <param name="End">The next offset of partition 0.</param>
internal sealed record ToldTopic(int Partitions, string Retention, long Start, long End);
