using Spate.Broker.Cluster;
using Spate.Metadata.Images;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Cluster;

/// <summary>Damage to what was decided is refused; only what a crash can leave at the very end is cut off.</summary>
public sealed class DamageTests
{
    private const string LogName = "00000000000000000000.log";

    private static readonly string LogPath = Path.Combine(DecisionLog.Path, LogName);

    [Fact]
    public async Task Any_flipped_bit_before_the_last_batch_is_refused()
    {
        var (content, ends, _) = await LeaveAsync();
        for (var position = 0; position < ends[^2]; position++)
        {
            // An epoch that is higher than it was cannot be told from one that is right, and decides nothing.
            if (IsEpochByte(position, ends))
            {
                continue;
            }

            var refusal = Assert.Throws<InvalidDataException>(() => MetadataLogCheck.Run(With(Flipped(content, position)), DecisionLog.Path, stoppedCleanly: false));
            Assert.Contains(LogName, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Any_flipped_bit_in_the_last_batch_is_a_torn_end_after_a_crash_and_damage_after_a_stop()
    {
        var (content, ends, states) = await LeaveAsync();
        for (var position = ends[^2]; position < ends[^1]; position++)
        {
            if (IsEpochByte(position, ends))
            {
                continue;
            }

            var disk = With(Flipped(content, position));
            Assert.Throws<InvalidDataException>(() => MetadataLogCheck.Run(disk, DecisionLog.Path, stoppedCleanly: true));
            if (position < ends[^2] + sizeof(long))
            {
                // A batch that is whole and says another offset is nothing that a crash leaves.
                Assert.Throws<InvalidDataException>(() => MetadataLogCheck.Run(disk, DecisionLog.Path, stoppedCleanly: false));
                continue;
            }

            using var log = DecisionLog.Open(disk);
            Assert.Equal(states[^2], log.Described);
        }
    }

    [Fact]
    public async Task Log_cut_anywhere_holds_every_batch_that_is_whole()
    {
        var (content, ends, states) = await LeaveAsync();
        for (var length = 0; length <= content.Length; length++)
        {
            var whole = ends.Count(end => end <= length);
            using var log = DecisionLog.Open(With(content[..length]));
            Assert.Equal(states[whole], log.Described);

            await log.DecideAsync();
            Assert.Equal(2 * (whole + 1), log.Image.Position.EndOffset);
        }
    }

    [Fact]
    public async Task Rubbish_behind_the_end_is_cut_off_after_a_crash()
    {
        var (content, _, states) = await LeaveAsync();
        var random = new Random(3);
        foreach (var count in (int[])[1, 60, 61, 200, 5000])
        {
            var rubbish = new byte[count];
            using (var log = DecisionLog.Open(With([.. content, .. rubbish])))
            {
                Assert.Equal(states[^1], log.Described);
            }

            random.NextBytes(rubbish);
            using (var log = DecisionLog.Open(With([.. content, .. rubbish])))
            {
                Assert.Equal(states[^1], log.Described);
            }
        }
    }

    [Fact]
    public async Task Segment_that_is_missing_is_refused()
    {
        var files = new MemoryFileSystem();
        using (var log = DecisionLog.Open(files, segmentBytes: 400))
        {
            for (var count = 0; count < 9; count++)
            {
                await log.DecideAsync();
            }
        }

        var segments = files.ListFiles(DecisionLog.Path).Where(path => path.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.True(segments.Count >= 3);
        files.DeleteFile(segments[1]);

        var refusal = Assert.Throws<InvalidDataException>(() => DecisionLog.Open(files));
        Assert.Contains(Path.GetFileName(segments[2]), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Torn_end_of_a_segment_that_has_a_later_one_is_damage()
    {
        var files = new MemoryFileSystem();
        using (var log = DecisionLog.Open(files, segmentBytes: 400))
        {
            for (var count = 0; count < 9; count++)
            {
                await log.DecideAsync();
            }
        }

        using (var file = files.Open(LogPath, FileOpening.Existing))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Throws<InvalidDataException>(() => DecisionLog.Open(files));
    }

    [Fact]
    public async Task Any_flipped_bit_and_any_cut_of_a_snapshot_shows()
    {
        var files = new MemoryFileSystem();
        using (var log = DecisionLog.Open(files))
        {
            await log.DecideAsync(3);
            log.TakeSnapshot();
        }

        var position = new MetadataPosition(4, 1);
        var path = Path.Combine(DecisionLog.Path, SnapshotFileName.Of(position));
        var content = Read(files, path);
        Assert.Null(SnapshotReader.FindFault(files, path, position));
        for (var place = 0; place < content.Length; place++)
        {
            Write(files, path, Flipped(content, place));
            Assert.NotNull(SnapshotReader.FindFault(files, path, position));
            Write(files, path, content[..place]);
            Assert.NotNull(SnapshotReader.FindFault(files, path, position));
        }

        Write(files, path, [.. content, .. content]);
        Assert.NotNull(SnapshotReader.FindFault(files, path, position));
        Write(files, path, [.. content, 0]);
        Assert.NotNull(SnapshotReader.FindFault(files, path, position));
    }

    /// <summary>A log of four decisions of two records each: its bytes, where each batch ends, and what was decided by then.</summary>
    private static async Task<(byte[] Content, List<int> Ends, List<string> States)> LeaveAsync()
    {
        var files = new MemoryFileSystem();
        using var log = DecisionLog.Open(files);
        var ends = new List<int>();
        var states = new List<string> { log.Described };
        for (var count = 0; count < 4; count++)
        {
            await log.DecideAsync();
            ends.Add((int)files.FileLength(LogPath));
            states.Add(log.Described);
        }

        return (Read(files, LogPath), ends, states);
    }

    private static bool IsEpochByte(int position, List<int> ends)
    {
        var start = ends.LastOrDefault(end => end <= position);
        return position - start is >= 12 and < 16;
    }

    private static byte[] Flipped(byte[] content, int position)
    {
        var flipped = content.ToArray();
        flipped[position] ^= (byte)(1 << (position % 8));
        return flipped;
    }

    private static MemoryFileSystem With(byte[] content)
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory(DecisionLog.Path);
        Write(files, LogPath, content);
        return files;
    }

    private static byte[] Read(MemoryFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var content = new byte[file.Length];
        file.Read(content, 0);
        return content;
    }

    private static void Write(MemoryFileSystem files, string path, byte[] content)
    {
        using var file = files.Open(path, FileOpening.Replace);
        file.Write(content, 0);
    }
}
