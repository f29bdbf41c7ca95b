using Spate.Storage.Files;
using Spate.Storage.Indexes;
using Spate.Storage.Segments;

namespace Spate.Storage.Tests.Indexes;

public sealed class EntryIndexTests
{
    private readonly MemoryFileSystem _disk = new();

    public EntryIndexTests() => _disk.CreateDirectory("/d");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Floor_AnyKey_IsTheLastEntryNotAboveIt(int count)
    {
        var index = Filled(count);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(count, index.Count);
            Assert.Null(index.Floor(9));
            for (var entry = 0; entry < count; entry += 1 + (count / 300))
            {
                Assert.Equal(EntryAt(entry), index.Floor(EntryAt(entry).RelativeOffset));
                Assert.Equal(EntryAt(entry), index.Floor(EntryAt(entry).RelativeOffset + 9));
                Assert.Equal(EntryAt(entry), index.CeilingBy(static each => each.Position, EntryAt(entry).Position - 1));
            }

            Assert.Null(index.CeilingBy(static each => each.Position, int.MaxValue));
            index.WriteOut();
            Assert.Equal(count * 8, _disk.FileLength("/d/00000000000000000000.index"));
            index = Reopened();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(1024)]
    [InlineData(1030)]
    [InlineData(1500)]
    public void TruncateTo_AnyEntry_KeepsThoseBelow(int kept)
    {
        var index = Filled(1500);

        index.TruncateTo(EntryAt(kept).RelativeOffset);

        Assert.Equal(kept, index.Count);
        Assert.Equal(kept == 0 ? null : EntryAt(kept - 1), index.Last);
        Assert.Equal(kept == 0 ? null : EntryAt(kept - 1), index.Floor(int.MaxValue));
        index.Append(new OffsetIndexEntry(1_000_000, 2_000_000));
        Assert.Equal(2_000_000, index.ReadLast()?.Position);
        index.WriteOut();
        Assert.Equal((kept + 1) * 8, _disk.FileLength("/d/00000000000000000000.index"));
        Assert.Equal(kept + 1, Reopened().Count);
    }

    [Fact]
    public void Append_AnEntryThatDoesNotRise_IsLeftOut()
    {
        var index = Filled(2);

        index.Append(EntryAt(1));
        index.Append(EntryAt(0));

        Assert.Equal(2, index.Count);
    }

    [Fact]
    public void WriteOut_OfATimeIndex_IsKafkasFormat()
    {
        var file = new SegmentFile(new SegmentDirectory(new FilePool(_disk), "/d"), 0, ".timeindex");
        var index = new EntryIndex<TimeIndexEntry>(file, 0);
        index.Append(new TimeIndexEntry(0x0102030405060708, 0x11121314));
        index.WriteOut();

        using var written = _disk.Open("/d/00000000000000000000.timeindex", FileOpening.Read);
        var bytes = new byte[20];
        Assert.Equal(12, written.Read(bytes, 0));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14], bytes[..12]);
    }

    private static OffsetIndexEntry EntryAt(int number) => new(10 + (number * 10), 100 + (number * 50));

    private EntryIndex<OffsetIndexEntry> Filled(int count)
    {
        var index = new EntryIndex<OffsetIndexEntry>(File(), 0);
        for (var entry = 0; entry < count; entry++)
        {
            index.Append(EntryAt(entry));
        }

        return index;
    }

    private EntryIndex<OffsetIndexEntry> Reopened() => new(File(), _disk.FileLength("/d/00000000000000000000.index"));

    private SegmentFile File() => new(new SegmentDirectory(new FilePool(_disk), "/d"), 0, ".index");
}
