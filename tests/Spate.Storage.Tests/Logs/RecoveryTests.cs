using System.Buffers.Binary;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;

namespace Spate.Storage.Tests.Logs;

public sealed class RecoveryTests
{
    private static readonly LogConfig Small = new() { SegmentBytes = 1000, IndexIntervalBytes = 150, RetentionMs = -1 };

    [Fact]
    public void Open_AfterACleanStop_ReadsNextToNothing()
    {
        var disk = new JournaledFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig() };
        harness.Open();
        for (var index = 0; index < 500; index++)
        {
            harness.Append(new string('x', 5000));
        }

        harness.Log.Close();
        var before = disk.BytesRead;
        harness.Open(clean: true);

        Assert.Equal(500, harness.Log.LogEndOffset);
        Assert.Equal(500, harness.Log.RecoveryPoint);
        Assert.InRange(disk.BytesRead - before, 1, 16 * 1024);
    }

    [Fact]
    public void Open_AfterAnUncleanStop_ReadsOnlyWhatLiesBehindTheRecoveryPoint()
    {
        var disk = new JournaledFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig { SegmentBytes = 200_000 } };
        harness.Open();
        for (var index = 0; index < 100; index++)
        {
            harness.Append(new string('x', 10_000));
        }

        harness.Flushes.RunAll();
        var recoveryPoint = harness.Log.RecoveryPoint;
        var unflushed = harness.Log.Segments.Where(segment => segment.BaseOffset >= recoveryPoint).Sum(segment => (long)segment.Size);
        Assert.InRange(recoveryPoint, 60, 99);
        var before = disk.BytesRead;
        harness.KillAndOpen(recoveryPoint);

        Assert.Equal(100, harness.Log.LogEndOffset);
        Assert.InRange(disk.BytesRead - before, unflushed, unflushed + (16 * 1024));
    }

    [Fact]
    public void Open_WithTheRecoveryPointInTheMiddleOfASegment_StepsOverWhatIsOnTheDisk()
    {
        var disk = new JournaledFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig() };
        harness.Open();
        for (var index = 0; index < 40; index++)
        {
            harness.Append(new string('x', 50_000));
        }

        harness.Log.Flush(30);
        harness.Append("last");
        var before = disk.BytesRead;
        harness.KillAndOpen(38);

        Assert.Equal(41, harness.Log.LogEndOffset);
        Assert.InRange(disk.BytesRead - before, 100_000, 38 * 4096 + 230_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(70)]
    public void Open_ATornLastBatch_IsCutOff(int cut)
    {
        using var harness = LogHarness.Opened();
        harness.Append("whole");
        harness.Append("torn....");
        harness.Log.Dispose();
        var name = "00000000000000000000.log";
        var size = harness.BytesOf(name).Length;
        using (var file = harness.Disk.Open(harness.PathOf(name), FileOpening.Existing))
        {
            file.SetLength(size - cut);
        }

        harness.Open();

        Assert.Equal("whole", harness.ReadAll().Single().Value);
        Assert.Equal(1, harness.Append("again").FirstOffset);
        Assert.Equal(["whole", "again"], harness.ReadAll().Select(record => record.Value));
    }

    [Fact]
    public void Open_ADamagedBatchBehindTheRecoveryPoint_EndsTheLogThere()
    {
        using var harness = LogHarness.Opened(Small);
        for (var index = 0; index < 40; index++)
        {
            harness.Append(TestBatches.Value(index));
        }

        harness.Log.Dispose();
        var damaged = harness.BytesOf("00000000000000000000.log");
        var batch = damaged.Length / 3;
        harness.Overwrite("00000000000000000000.log", [(byte)~damaged[batch]], batch);

        harness.Open();

        var records = harness.ReadAll();
        Assert.InRange(records.Count, 1, 5);
        Assert.Equal(records.Count, harness.Log.LogEndOffset);
        Assert.Equal(1, harness.Log.SegmentCount);
        Assert.DoesNotContain(harness.Names(), name => name.StartsWith("00000000000000000001", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_ZerosBehindTheRecords_AreCutOff()
    {
        using var harness = LogHarness.Opened();
        harness.Append("a");
        harness.Log.Dispose();
        harness.Overwrite("00000000000000000000.log", new byte[100_000], harness.BytesOf("00000000000000000000.log").Length);

        harness.Open();

        Assert.Equal("a", harness.ReadAll().Single().Value);
        Assert.InRange(harness.Log.Size, 60, 100);
    }

    [Theory]
    [InlineData(".index", true)]
    [InlineData(".index", false)]
    [InlineData(".timeindex", true)]
    [InlineData(".timeindex", false)]
    public void Open_AnIndexThatIsMissing_IsMadeAnew(string kind, bool clean)
    {
        using var harness = Filled();
        var name = "00000000000000000000" + kind;
        var was = harness.BytesOf(name);
        Assert.NotEmpty(was);
        harness.Disk.DeleteFile(harness.PathOf(name));

        harness.Open(clean, recoveryPoint: 40);

        Assert.Equal(was, harness.BytesOf(name));
        Assert.Equal(40, harness.ReadAll().Count);
    }

    [Theory]
    [InlineData(".index", "odd length")]
    [InlineData(".index", "zeros behind")]
    [InlineData(".index", "beyond the records")]
    [InlineData(".timeindex", "odd length")]
    [InlineData(".timeindex", "zeros behind")]
    public void Open_AnIndexThatCannotBe_IsMadeAnew(string kind, string damage)
    {
        using var harness = Filled();
        var name = "00000000000000000000" + kind;
        var was = harness.BytesOf(name);
        var beyond = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(beyond, 30);
        BinaryPrimitives.WriteInt32BigEndian(beyond.AsSpan(4), 1_000_000);
        var bytes = damage switch { "odd length" => new byte[5], "zeros behind" => new byte[480], _ => beyond };
        harness.Overwrite(name, bytes, was.Length);

        harness.Open(clean: true);

        Assert.Equal(was, harness.BytesOf(name));
        Assert.Equal(40, harness.ReadAll().Count);
    }

    [Fact]
    public void Read_AnOffsetIndexFullOfLies_StillFindsEveryRecord()
    {
        using var harness = Filled();
        var entries = harness.BytesOf("00000000000000000000.index").Length / 8;
        Assert.True(entries > 2);
        for (var entry = 0; entry < entries; entry++)
        {
            // Positions that rise and lie in the file, but where no batch begins.
            var lie = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(lie, entry + 1);
            BinaryPrimitives.WriteInt32BigEndian(lie.AsSpan(4), 17 + (entry * 3));
            harness.Overwrite("00000000000000000000.index", lie, entry * 8);
        }

        harness.Open(clean: true);

        for (var offset = 0; offset < 40; offset++)
        {
            Assert.Equal(TestBatches.Value(offset), LogHarness.ReadAll(harness.Log, offset)[0].Value);
        }
    }

    [Fact]
    public void Open_LeftoversOfEveryKind_AreDealtWith()
    {
        using var harness = Filled();
        foreach (var name in new[]
        {
            "00000000000000000000.log.deleted", "00000000000000000003.index.deleted", "00000000000000000000.log.cleaned",
            "00000000000000000000.timeindex.cleaned", "00000000000000000007.log.swap", "00000000000000000009.snapshot.tmp",
            "00000000000000000999.index", "00000000000000000999.timeindex",
        })
        {
            harness.Overwrite(name, [1, 2, 3]);
        }

        harness.Open(clean: true);

        Assert.Equal(40, harness.ReadAll().Count);
        Assert.All(harness.Names(), name => Assert.Matches(@"^\d{20}\.(log|index|timeindex|snapshot)$|^leader-epoch-checkpoint$", name));
        Assert.DoesNotContain(harness.Names(), name => name.Contains("999", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_AReplacementThatWasDecided_IsFinished()
    {
        using var harness = Filled();
        var second = harness.Log.Segments[1].BaseOffset;
        var third = harness.Log.Segments[2].BaseOffset;
        var replacement = TestBatches.Join(TestBatches.At(0, 0, "kept"), TestBatches.At(third - 1, 0, "kept too"));
        harness.Overwrite("00000000000000000000.log.swap", replacement);

        harness.Open(clean: true);

        var records = harness.ReadAll();
        Assert.Equal([(0L, "kept"), (third - 1, "kept too"), (third, TestBatches.Value((int)third))], records.Take(3).Select(record => (record.Offset, record.Value)));
        Assert.DoesNotContain(harness.Log.Segments, segment => segment.BaseOffset == second);
        Assert.DoesNotContain(harness.Names(), name => name.EndsWith(".swap", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_ALogThatEndsBeforeItsStart_IsEmptiedAndBeginsThere()
    {
        using var harness = Filled();

        harness.Open(clean: true, logStart: 1000);

        Assert.Equal((1000, 1000), (harness.Log.LogStartOffset, harness.Log.LogEndOffset));
        Assert.Equal(1000, harness.Append("a").FirstOffset);
    }

    [Fact]
    public void Open_AnEmptyDirectory_IsAnEmptyLog()
    {
        using var harness = new LogHarness();

        harness.Open(logStart: 17);

        Assert.Equal((17, 17, 1), (harness.Log.LogStartOffset, harness.Log.LogEndOffset, harness.Log.SegmentCount));
        Assert.Equal(["00000000000000000017.log"], harness.Names());
    }

    [Fact]
    public void Close_WhatItLeaves_IsWhatKafkaLeaves()
    {
        using var harness = LogHarness.Opened(Small);
        for (var index = 0; index < 4; index++)
        {
            harness.Append(TestBatches.Value(index));
        }

        harness.Log.Close();

        Assert.Equal(
            [
                "00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.timeindex", "00000000000000000004.snapshot",
                "leader-epoch-checkpoint",
            ],
            harness.Names());

        // A batch is 78 bytes: after two of them more than 150 bytes have gone by, and the third gets an entry.
        Assert.Equal([0, 0, 0, 2, 0, 0, 0, 156], harness.BytesOf("00000000000000000000.index"));
        var time = harness.BytesOf("00000000000000000000.timeindex");
        Assert.Equal(12, time.Length);
        Assert.Equal(TestBatches.Epoch2027, BinaryPrimitives.ReadInt64BigEndian(time));
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(time.AsSpan(8)));
    }

    private static LogHarness Filled()
    {
        var harness = LogHarness.Opened(Small);
        for (var index = 0; index < 40; index++)
        {
            harness.Time.Advance(TimeSpan.FromSeconds(1));
            harness.Append(TestBatches.Value(index));
        }

        Assert.True(harness.Log.SegmentCount > 2);
        harness.Log.Close();
        return harness;
    }
}
