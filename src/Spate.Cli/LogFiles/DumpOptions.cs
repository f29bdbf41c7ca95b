using Spate.Cli.Records;

namespace Spate.Cli.LogFiles;

/// <summary>What <c>spate log dump</c> was asked for.</summary>
/// <param name="Verify">Whether checksums, orders and indexes are checked.</param>
/// <param name="Records">Whether records are shown, and not only the batches that they are in.</param>
/// <param name="CountMax">Rows of one kind from one file.</param>
/// <param name="KeyFormat">How keys are shown that are not decoded.</param>
/// <param name="ValueFormat">How values are shown that are not decoded.</param>
/// <param name="Cancellation">Ends it between two batches.</param>
internal sealed record DumpOptions(bool Verify, bool Records, long CountMax, PartFormat KeyFormat, PartFormat ValueFormat, CancellationToken Cancellation);
