using System.Globalization;
using Spate.Storage.Producers;

namespace Spate.Cli.LogFiles;

/// <summary>Shows the files of a log directory that are read as a whole: snapshots of producers, checkpoints, and lines of text.</summary>
internal static class SmallFileDump
{
    /// <summary>Lines before the entries of a checkpoint: its version and their number.</summary>
    private const int CheckpointHead = 2;

    public static void Producers(string path, string file, DumpOptions options, DumpReport report)
    {
        var bytes = File.ReadAllBytes(path);
        if (!ProducerSnapshotFile.TryRead(bytes, out var entries, out var fault))
        {
            // Without sense in it there is nothing to show: that is a fault whether or not it was asked for.
            report.AddFile(file, "producer snapshot", bytes.Length, 0, fault);
            return;
        }

        foreach (var entry in entries.Take((int)Math.Min(options.CountMax, int.MaxValue)))
        {
            report.Producers.Add(
                file, entry.ProducerId, entry.Epoch, entry.LastSequence, entry.LastOffset, entry.Timestamp >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp) : null, entry.CoordinatorEpoch, entry.CurrentTransactionFirstOffset);
        }

        report.AddFile(file, "producer snapshot", bytes.Length, entries.Length, null);
    }

    public static void Checkpoint(string path, string file, DumpOptions options, DumpReport report)
    {
        var lines = File.ReadAllLines(path);
        Lines(lines.Skip(CheckpointHead), file, options, report);
        var isWhole = lines.Length >= CheckpointHead && lines[0] == "0" && int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count == lines.Length - CheckpointHead;
        report.AddFile(file, "checkpoint", new FileInfo(path).Length, Math.Max(0, lines.Length - CheckpointHead), isWhole || !options.Verify ? null : "its first two lines are not the version 0 and the number of the lines that follow");
    }

    public static void Text(string path, string file, DumpOptions options, DumpReport report)
    {
        var lines = File.ReadAllLines(path);
        Lines(lines, file, options, report);
        report.AddFile(file, "text", new FileInfo(path).Length, lines.Length, null);
    }

    private static void Lines(IEnumerable<string> lines, string file, DumpOptions options, DumpReport report)
    {
        foreach (var (number, line) in lines.Index().Take((int)Math.Min(options.CountMax, int.MaxValue)))
        {
            report.Lines.Add(file, number + 1, line);
        }
    }
}
