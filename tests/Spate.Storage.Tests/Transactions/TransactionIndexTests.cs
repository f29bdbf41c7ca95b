using Spate.Storage.Tests.Checkpoints;
using Spate.Storage.Transactions;

namespace Spate.Storage.Tests.Transactions;

public sealed class TransactionIndexTests : IDisposable
{
    private const long BaseOffset = 100;

    private readonly ScratchDirectory _scratch = new();

    private string FilePath => _scratch.PathOf("00000000000000000100.txnindex");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Open_NoFile_CreatesNone()
    {
        using var index = Open();
        var found = new List<AbortedTransaction>();

        Assert.False(index.Search(0, long.MaxValue, found));
        Assert.Empty(found);
        Assert.Null(index.FindFault());
        index.Truncate(0);
        index.Clear();
        index.Flush();
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Append_OneEntry_WritesKafkasBytes()
    {
        using var index = Open();

        index.Append(new AbortedTransaction(ProducerId: 0x0102030405060708, FirstOffset: 99, LastOffset: 300, LastStableOffset: 301));

        Assert.Equal(
            "0000" + "0102030405060708" + "0000000000000063" + "000000000000012C" + "000000000000012D",
            Convert.ToHexString(File.ReadAllBytes(FilePath)));
    }

    [Fact]
    public void Append_MarkerNotBehindTheLast_IsABrokenInvariant()
    {
        using var index = Open();
        index.Append(new(1, 100, 110, 111));

        Assert.Throws<InvalidOperationException>(() => index.Append(new(2, 90, 110, 112)));
    }

    [Fact]
    public void Append_AfterReopening_StillKnowsTheLastMarker()
    {
        using (var first = Open())
        {
            first.Append(new(1, 100, 110, 111));
        }

        using var index = Open();
        Assert.Throws<InvalidOperationException>(() => index.Append(new(2, 90, 105, 112)));
        index.Append(new(2, 90, 120, 121));
        Assert.Equal(2, index.Count);
    }

    [Theory]
    [InlineData(0, 1000, "1 2 3 4", false)]
    [InlineData(0, 100, "2", true)]
    [InlineData(100, 101, "1 2", true)]
    [InlineData(111, 121, "2 3", true)]
    [InlineData(115, 131, "2 3", true)]
    [InlineData(116, 118, "", true)]
    [InlineData(131, 140, "4", true)]
    [InlineData(151, 152, "", false)]
    public void Search_Range_FindsOverlapsAndSaysWhetherMoreMayFollow(long fetchOffset, long upperBound, string producers, bool isComplete)
    {
        using var index = Open();
        index.Append(new(1, 100, 110, 90));     // producer 2 is open from 90 on
        index.Append(new(2, 90, 115, 120));
        index.Append(new(3, 120, 130, 131));
        index.Append(new(4, 131, 150, 151));
        var found = new List<AbortedTransaction>();

        Assert.Equal(isComplete, index.Search(fetchOffset, upperBound, found));
        Assert.Equal(producers, string.Join(' ', found.Select(entry => entry.ProducerId)));
    }

    [Theory]
    [InlineData(200, 4)]
    [InlineData(150, 3)]
    [InlineData(116, 2)]
    [InlineData(110, 0)]
    public void Truncate_Offset_DropsMarkersThereAndBehind(long endOffset, int kept)
    {
        using var index = Open();
        index.Append(new(1, 100, 110, 90));
        index.Append(new(2, 90, 115, 120));
        index.Append(new(3, 120, 130, 131));
        index.Append(new(4, 131, 150, 151));

        index.Truncate(endOffset);

        Assert.Equal(kept, index.Count);
        Assert.Equal(kept * AbortedTransaction.Size, new FileInfo(FilePath).Length);
        index.Append(new(9, 100, 150 + 1, 152));
        Assert.Null(index.FindFault());
    }

    [Fact]
    public void Search_MoreEntriesThanOneRead_FindsThemAll()
    {
        using var index = Open();
        for (var number = 0; number < 1000; number++)
        {
            index.Append(new(number, BaseOffset + (number * 2), BaseOffset + (number * 2) + 1, 0));
        }

        var found = new List<AbortedTransaction>();
        Assert.False(index.Search(0, long.MaxValue, found));
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => (long)number), found.Select(entry => entry.ProducerId));

        index.Truncate(BaseOffset + 1001);
        Assert.Equal(500, index.Count);
        Assert.Null(index.FindFault());
    }

    [Theory]
    [InlineData(1, 10, 99, 0)]          // its marker lies before the segment
    [InlineData(1, 120, 110, 0)]        // it ends before it begins
    [InlineData(-1, 100, 110, 0)]
    [InlineData(1, -1, 110, 0)]
    [InlineData(1, 100, 110, -1)]
    [InlineData(1, 100, 200, 0)]        // the next entry's marker is not behind this one
    public void FindFault_EntryThatCannotBe_SaysWhere(long producerId, long firstOffset, long lastOffset, long lastStableOffset)
    {
        Write(new(producerId, firstOffset, lastOffset, lastStableOffset), new(1, 100, 200, 201));
        using var index = Open();

        Assert.Contains(FilePath, index.FindFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_written_entry_is_a_fault_to_the_check_and_invisible_to_a_search()
    {
        Write(new(1, 100, 110, 111), new(2, 120, 130, 131));
        File.WriteAllBytes(FilePath, File.ReadAllBytes(FilePath)[..^1]);
        using var index = Open();
        var found = new List<AbortedTransaction>();

        Assert.Contains("67 bytes", index.FindFault(), StringComparison.Ordinal);
        index.Search(0, long.MaxValue, found);
        Assert.Single(found);

        index.Clear();
        Assert.Null(index.FindFault());
    }

    [Fact]
    public void An_entry_of_another_version_is_never_guessed_at()
    {
        Write(new AbortedTransaction(1, 100, 110, 111));
        var bytes = File.ReadAllBytes(FilePath);
        bytes[1] = 1;
        File.WriteAllBytes(FilePath, bytes);
        using var index = Open();

        Assert.NotNull(index.FindFault());
        Assert.Throws<InvalidDataException>(() => index.Search(0, long.MaxValue, []));
    }

    private TransactionIndex Open() => new(_scratch.Files, FilePath, BaseOffset);

    private void Write(params AbortedTransaction[] entries)
    {
        var bytes = new byte[entries.Length * AbortedTransaction.Size];
        for (var index = 0; index < entries.Length; index++)
        {
            entries[index].Write(bytes.AsSpan(index * AbortedTransaction.Size));
        }

        File.WriteAllBytes(FilePath, bytes);
    }
}
