using Spate.Storage.Epochs;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Epochs;

public sealed class LeaderEpochsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("", 0, 0, "0:0")]
    [InlineData("", 7, 100, "7:100")]
    [InlineData("1:0", 1, 0, "1:0")]
    [InlineData("1:0", 1, 9, "1:0")]
    [InlineData("1:5", 1, 3, "1:3")]
    [InlineData("1:0", 2, 10, "1:0 2:10")]
    [InlineData("1:0 2:10", 3, 10, "1:0 3:10")]
    [InlineData("1:0 2:10 3:20", 4, 10, "1:0 4:10")]
    [InlineData("1:0 2:10 3:20", 4, 0, "4:0")]
    [InlineData("1:0 2:10 3:20", 2, 30, "1:0 2:30")]
    [InlineData("1:0 2:10 3:20", 0, 30, "0:30")]
    public void Assign_AnyState_KeepsEpochsAndOffsetsRising(string before, int epoch, long startOffset, string after)
    {
        var epochs = With(before);

        epochs.Assign(epoch, startOffset);

        Assert.Equal(after, Print(epochs));
        Assert.Equal(after, Print(Open()));
    }

    [Theory]
    [InlineData("", 0, -1, -1)]
    [InlineData("2:0", -1, -1, -1)]
    [InlineData("2:0 4:10 7:20", -1, -1, -1)]
    [InlineData("2:5 4:10 7:20", 0, 0, 5)]
    [InlineData("2:5 4:10 7:20", 1, 1, 5)]
    [InlineData("2:5 4:10 7:20", 2, 2, 10)]
    [InlineData("2:5 4:10 7:20", 3, 2, 10)]
    [InlineData("2:5 4:10 7:20", 4, 4, 20)]
    [InlineData("2:5 4:10 7:20", 5, 4, 20)]
    [InlineData("2:5 4:10 7:20", 6, 4, 20)]
    [InlineData("2:5 4:10 7:20", 7, 7, 30)]
    [InlineData("2:5 4:10 7:20", 8, -1, -1)]
    public void EndOf_AnyEpoch_AnswersAsOffsetForLeaderEpochDoes(string state, int requested, int epoch, long endOffset)
    {
        Assert.Equal(new EpochEnd(epoch, endOffset), With(state).EndOf(requested, logEndOffset: 30));
    }

    [Theory]
    [InlineData("", 5, null)]
    [InlineData("2:5 4:10", 4, null)]
    [InlineData("2:5 4:10", 5, 2)]
    [InlineData("2:5 4:10", 9, 2)]
    [InlineData("2:5 4:10", 10, 4)]
    [InlineData("2:5 4:10", long.MaxValue, 4)]
    public void EpochFor_AnyOffset_IsTheEpochThatBeganLastBeforeIt(string state, long offset, int? epoch)
    {
        Assert.Equal(epoch, With(state).EpochFor(offset));
    }

    [Theory]
    [InlineData("2:5 4:10 7:20", 30, "2:5 4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 21, "2:5 4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 20, "2:5 4:10")]
    [InlineData("2:5 4:10 7:20", 10, "2:5")]
    [InlineData("2:5 4:10 7:20", 0, "")]
    [InlineData("", 0, "")]
    public void TruncateFromEnd_AnyOffset_ForgetsWhatBeginsThereOrLater(string before, long endOffset, string after)
    {
        var epochs = With(before);

        epochs.TruncateFromEnd(endOffset);

        Assert.Equal(after, Print(epochs));
        Assert.Equal(after, Print(Open()));
    }

    [Theory]
    [InlineData("2:5 4:10 7:20", 0, "2:5 4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 5, "2:5 4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 8, "2:8 4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 10, "4:10 7:20")]
    [InlineData("2:5 4:10 7:20", 11, "4:11 7:20")]
    [InlineData("2:5 4:10 7:20", 99, "7:99")]
    [InlineData("", 5, "")]
    public void TruncateFromStart_AnyOffset_MovesTheEpochInWhichItLies(string before, long startOffset, string after)
    {
        var epochs = With(before);

        epochs.TruncateFromStart(startOffset);

        Assert.Equal(after, Print(epochs));
        Assert.Equal(after, Print(Open()));
    }

    [Fact]
    public void Assign_FirstEpoch_WritesKafkasBytes()
    {
        var epochs = With("0:0 3:17");

        Assert.Equal("0\n2\n0 0\n3 17\n", File.ReadAllText(_scratch.PathOf(LeaderEpochs.FileName)));
        Assert.Equal(new EpochStart(3, 17), epochs.Latest);
        Assert.Equal(new EpochStart(0, 0), epochs.Earliest);
    }

    [Fact]
    public void The_file_is_written_only_when_something_changes()
    {
        var epochs = With("1:0 2:10");
        File.Delete(_scratch.PathOf(LeaderEpochs.FileName));

        epochs.Assign(2, 10);
        epochs.Assign(2, 15);
        epochs.TruncateFromEnd(11);
        epochs.TruncateFromStart(0);

        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void A_change_that_the_disk_refuses_is_no_change()
    {
        var epochs = With("1:0");
        epochs.MovedTo(_scratch.PathOf("not there"));

        Assert.ThrowsAny<IOException>(() => epochs.Assign(2, 10));

        Assert.Equal("1:0", Print(epochs));
    }

    [Theory]
    [InlineData("0\n1\n1 2 3\n")]
    [InlineData("0\n1\n-1 2\n")]
    [InlineData("0\n1\n1 -2\n")]
    [InlineData("0\n2\n1 2\n")]
    [InlineData("junk")]
    public void Open_CorruptFile_GivesNoEpochsAndTheFault(string text)
    {
        File.WriteAllText(_scratch.PathOf(LeaderEpochs.FileName), text);

        var epochs = LeaderEpochs.Open(_scratch.Files, _scratch.Root, out var fault);

        Assert.Empty(epochs.Entries);
        Assert.Contains(_scratch.PathOf(LeaderEpochs.FileName), fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileWhoseEntriesDoNotRise_BelievesTheLaterOnes()
    {
        File.WriteAllText(_scratch.PathOf(LeaderEpochs.FileName), "0\n3\n1 0\n5 30\n4 20\n");

        Assert.Equal("1:0 4:20", Print(Open()));
    }

    [Fact]
    public void Clear_SomeEpochs_LeavesAnEmptyFile()
    {
        With("1:0 2:10").Clear();

        Assert.Equal("", Print(Open()));
    }

    private LeaderEpochs With(string state)
    {
        var epochs = Open();
        foreach (var part in state.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = part.Split(':');
            epochs.Assign(int.Parse(numbers[0]), long.Parse(numbers[1]));
        }

        return epochs;
    }

    private LeaderEpochs Open()
    {
        var epochs = LeaderEpochs.Open(_scratch.Files, _scratch.Root, out var fault);
        Assert.Null(fault);
        return epochs;
    }

    private static string Print(LeaderEpochs epochs) => string.Join(' ', epochs.Entries.Select(entry => $"{entry.Epoch}:{entry.StartOffset}"));
}
