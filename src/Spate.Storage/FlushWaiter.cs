namespace Spate.Storage;

/// <summary>Somebody who waits until the log is on the disk up to an offset.</summary>
internal readonly record struct FlushWaiter(long Offset, TaskCompletionSource<bool> Completion);
