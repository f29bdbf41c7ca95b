namespace Spate.Storage.Compaction;

/// <summary>What a cleaning has come by so far. Changed by the one thread that cleans.</summary>
internal sealed class CleaningCounts
{
    public long BytesRead { get; set; }

    public long BytesWritten { get; set; }

    public long RecordsRead { get; set; }

    public long RecordsKept { get; set; }
}
