using Spate.Storage.Files;
using Spate.Storage.Segments;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Files;

public sealed class FilePoolTests
{
    [Fact]
    public void Lease_OfManyFiles_KeepsOnlyAsManyOpenAsThePoolHasRoomFor()
    {
        var disk = new CountingFileSystem();
        disk.CreateDirectory("/d");
        var directory = new SegmentDirectory(new FilePool(disk, capacity: 3), "/d");
        var files = Enumerable.Range(0, 10).Select(number => new SegmentFile(directory, number, ".log")).ToArray();

        foreach (var file in files)
        {
            file.Lease(FileOpening.OpenOrCreate).Dispose();
            Assert.InRange(disk.Open, 1, 3);
        }

        var leases = files.Select(file => file.Lease()).ToArray();
        Assert.Equal(10, disk.Open);
        foreach (var lease in leases)
        {
            lease.Dispose();
        }

        Assert.InRange(disk.Open, 1, 3);
    }

    [Fact]
    public void Delete_WhileItIsLeased_ClosesItWithTheLastLease()
    {
        var disk = new CountingFileSystem();
        disk.CreateDirectory("/d");
        var file = new SegmentFile(new SegmentDirectory(new FilePool(disk, 3), "/d"), 0, ".log");
        var lease = file.Lease(FileOpening.OpenOrCreate);
        lease.File.Write(new byte[5], 0);

        file.Delete();

        Assert.Equal(5, lease.File.Length);
        Assert.Equal(1, disk.Open);
        Assert.Throws<FileNotFoundException>(() => file.Lease());
        lease.Dispose();
        Assert.Equal(0, disk.Open);
    }

    [Fact]
    public void ALogWithManySegments_KeepsFewFilesOpen()
    {
        var disk = new CountingFileSystem();
        using var harness = new LogHarness(disk, openFiles: 4) { Config = new LogConfig { SegmentBytes = 200, RetentionMs = -1 } };
        harness.Open();
        for (var index = 0; index < 200; index++)
        {
            harness.Append(TestBatches.Value(index));
            harness.Flushes.RunAll();
        }

        Assert.True(harness.Log.SegmentCount > 90);
        Assert.Equal(200, harness.ReadAll().Count);
        Assert.InRange(disk.Open, 1, 6);
        harness.Log.Close();
        Assert.InRange(disk.Open, 0, 4);
    }
}
