namespace Spate.Client.Administration;

/// <summary>A log in a log directory.</summary>
/// <param name="SizeBytes">The size of its segments together.</param>
/// <param name="OffsetLag">Records that it lacks: behind the high watermark, or for a future log, behind the log whose place it will take.</param>
/// <param name="IsFuture">Whether it is being filled to take the place of the log in another directory (KIP-113).</param>
public sealed record ReplicaDescription(long SizeBytes, long OffsetLag, bool IsFuture);
