using Spate.Cli.Output;

namespace Spate.Cli.LogFiles;

/// <summary>What was found in files of a log directory: a row for each file, and below, what is in them.</summary>
internal sealed class DumpReport
{
    private readonly Listing _files = new("files", new Column("file"), new Column("kind"), new Column("sizeBytes", Unit.Bytes), new Column("entries"), new Column("fault"));

    public Listing Batches { get; } = new(
        "batches", new Column("file"), new Column("position"), new Column("sizeBytes", Unit.Bytes), new Column("baseOffset"), new Column("lastOffset"), new Column("records"), new Column("magic"), new Column("codec"), new Column("maxTime"), new Column("leaderEpoch"), new Column("producerId"), new Column("producerEpoch"), new Column("baseSequence"), new Column("kind"));

    public Listing Records { get; } = new(
        "records", new Column("file"), new Column("offset"), new Column("time"), new Column("key"), new Column("value"), new Column("headers"));

    public Listing OffsetEntries { get; } = new("offsetIndex", new Column("file"), new Column("offset"), new Column("position"));

    public Listing TimeEntries { get; } = new("timeIndex", new Column("file"), new Column("time"), new Column("offset"));

    public Listing Aborted { get; } = new(
        "abortedTransactions", new Column("file"), new Column("producerId"), new Column("firstOffset"), new Column("lastOffset"), new Column("lastStableOffset"));

    public Listing Producers { get; } = new(
        "producers", new Column("file"), new Column("producerId"), new Column("producerEpoch"), new Column("lastSequence"), new Column("lastOffset"), new Column("lastTime"), new Column("coordinatorEpoch"), new Column("transactionStartOffset"));

    public Listing Lines { get; } = new("lines", new Column("file"), new Column("line"), new Column("text"));

    private long _bytesRead;

    /// <summary>The bytes of segments that were read so far.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>So many bytes of a segment more were read.</summary>
    public void Read(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    /// <summary>Whether a file was faulty.</summary>
    public bool HasFaults { get; private set; }

    /// <summary>The files first, then every part that has rows.</summary>
    public IReadOnlyList<Listing> Sections =>
    [
        _files, .. new[] { Batches, Records, OffsetEntries, TimeEntries, Aborted, Producers, Lines }.Where(static listing => listing.Rows.Count > 0),
    ];

    public void AddFile(string file, string kind, long size, long entries, string? fault)
    {
        HasFaults |= fault is not null;
        _files.Add(file, kind, size, entries, fault);
    }
}
