namespace Spate.Storage.Tests.Crashes;

/// <summary>What a log must hold at one moment. Immutable.</summary>
/// <param name="JournalLength">Operations that the disk had been asked for by then.</param>
/// <param name="Step">What was done last.</param>
/// <param name="Records">The values by offset.</param>
/// <param name="Start">The log's start.</param>
/// <param name="End">The log's end.</param>
/// <param name="DurableEnd">Everything before it was promised to be on the disk.</param>
internal sealed record CrashModel(
    int JournalLength, string Step, IReadOnlyDictionary<long, string> Records, long Start, long End, long DurableEnd);
