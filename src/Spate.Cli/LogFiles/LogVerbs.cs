using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Records;
using Spate.Cli.Running;
using Spate.Storage.Directories;
using Spate.Storage.Segments;

namespace Spate.Cli.LogFiles;

/// <summary><c>spate log</c>: looks into the files of a broker, running or not, and changes none.</summary>
internal static class LogVerbs
{
    private const long DefaultCount = 10_000;

    public static Command Create(ClusterVerbs verbs)
    {
        var paths = new Argument<string[]>("path") { Description = "Files of a log directory, or directories: of a partition, or the log directory itself for its own files.", Arity = ArgumentArity.OneOrMore };
        var verify = new Option<bool>("--verify") { Description = "Check checksums, orders, and indexes against their segments. Shows the files alone, unless --records or --count says otherwise. Status 5 when something is wrong." };
        var records = new Option<bool>("--records") { Description = "Show records too, those of brokers' own topics decoded." };
        var count = new Option<long?>("--count", "-n") { Description = $"Rows of one kind from one file at most. Default: {DefaultCount}; none with --verify alone.", HelpName = "number" };
        var format = PartCodec.Option("--format", "a value");
        var keyFormat = PartCodec.Option("--key-format", "a key");
        var dump = new Verb(
            "dump",
            "Show segments, indexes, snapshots and checkpoints of a log directory, as Spate and Kafka write them.",
            "spate log dump data/orders-0 --verify",
            "spate log dump data/__consumer_offsets-0/00000000000000000000.log --records")
        {
            paths, verify, records, count, format, keyFormat,
        };
        verbs.Local(dump, (parsed, output, cancellation) => Run(
            verbs.Surroundings,
            parsed.GetValue(paths)!,
            new DumpOptions(parsed.GetValue(verify), parsed.GetValue(records), parsed.GetValue(count) ?? (parsed.GetValue(verify) && !parsed.GetValue(records) ? 0 : DefaultCount), parsed.GetValue(keyFormat), parsed.GetValue(format), cancellation),
            output));
        return new Verb("log", "Look into the files of a log directory.") { dump };
    }

    private static int Run(Surroundings surroundings, string[] paths, DumpOptions options, OutputFormat output)
    {
        var report = new DumpReport();
        var files = paths.SelectMany(FilesOf).ToList();
        var bytesTotal = files.Where(static file => file.Path.EndsWith(".log", StringComparison.Ordinal)).Sum(static file => new FileInfo(file.Path).Length);
        using (ProgressLine.Of(surroundings, () => new Progress(report.BytesRead, bytesTotal, "read") { IsBytes = true }))
        {
            foreach (var (path, isNamed) in files)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                if (!Dump(path, Path.GetFileName(path), options, report) && isNamed)
                {
                    throw new CommandException($"'{path}' is no file of a log directory that this program knows: segments end in .log, indexes in .index, .timeindex and .txnindex, snapshots in .snapshot and .checkpoint.", ExitCode.Usage);
                }
            }
        }

        ReportWriter.Write(report.Sections, output, surroundings);
        return report.HasFaults ? ExitCode.Unhealthy : ExitCode.Success;
    }

    /// <summary>The files that a path stands for, and whether it is one that was named itself.</summary>
    private static IEnumerable<(string Path, bool IsNamed)> FilesOf(string path) =>
        Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(static file => (file, false))
        : File.Exists(path) ? [(path, true)]
        : throw new CommandException($"'{path}' is not there.", ExitCode.Missing);

    /// <returns>Whether it is a file that is known here.</returns>
    private static bool Dump(string path, string name, DumpOptions options, DumpReport report)
    {
        var directory = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "";
        var topic = PartitionDirectoryName.TryParse(directory, out var partition) ? partition.Partition.Topic : null;
        if (SegmentFileNames.TryParse(name, out var baseOffset, out var kind, out _))
        {
            switch (kind)
            {
                case SegmentFileNames.Log:
                    new SegmentDump(name, topic, options, report).Run(path);
                    return true;
                case SegmentFileNames.OffsetIndex:
                    IndexDump.Offsets(path, name, baseOffset, options, report);
                    return true;
                case SegmentFileNames.TimeIndex:
                    IndexDump.Times(path, name, baseOffset, options, report);
                    return true;
                case SegmentFileNames.TransactionIndex:
                    IndexDump.Transactions(path, name, options, report);
                    return true;
                case SegmentFileNames.ProducerSnapshot:
                    SmallFileDump.Producers(path, name, options, report);
                    return true;
            }
        }

        if (name.EndsWith(".checkpoint", StringComparison.Ordinal))
        {
            new SegmentDump(name, topic, options, report).Run(path);
        }
        else if (name.EndsWith("-checkpoint", StringComparison.Ordinal))
        {
            SmallFileDump.Checkpoint(path, name, options, report);
        }
        else if (name is "meta.properties" or "partition.metadata" or "quorum-state")
        {
            SmallFileDump.Text(path, name, options, report);
        }
        else
        {
            return false;
        }

        return true;
    }
}
