using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Spate.Protocol;
using Spate.Storage.Checkpoints;

namespace Spate.Storage.Tests.Checkpoints;

public sealed class OffsetCheckpointTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_NoFile_SaysMissing()
    {
        var read = Checkpoint().Read();

        Assert.Equal(CheckpointCondition.Missing, read.Condition);
        Assert.Empty(read.Content);
        Assert.Null(read.Fault);
    }

    [Fact]
    public void Write_TwoPartitions_WritesKafkasBytes()
    {
        Checkpoint().Write([new(new("orders.eu-west", 3), 12), new(new("a", 0), long.MaxValue)]);

        Assert.Equal("0\n2\norders.eu-west 3 12\na 0 9223372036854775807\n", Text());
        Assert.Equal([OffsetCheckpoint.HighWatermarksName], _scratch.Names);
    }

    [Fact]
    public void Write_OverAnOlderFile_ReplacesIt()
    {
        Checkpoint().Write([new(new("a", 0), 1), new(new("b", 0), 2)]);
        Checkpoint().Write([new(new("b", 0), 3)]);

        Assert.Equal([new(new("b", 0), 3)], Checkpoint().Read().Content);
    }

    [Fact]
    public void Write_OverALeftoverOfACrash_ReplacesBoth()
    {
        File.WriteAllText(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName + ".tmp"), "0\n9999\nhalf a li");
        Checkpoint().Write([new(new("b", 0), 3)]);

        Assert.Equal("0\n1\nb 0 3\n", Text());
        Assert.Equal([OffsetCheckpoint.HighWatermarksName], _scratch.Names);
    }

    [Fact]
    public void Read_WindowsLineEnds_ReadsThem()
    {
        Write("0\r\n1\r\na 0 5\r\n");

        Assert.Equal(5, Checkpoint().Read().Content[new("a", 0)]);
    }

    [Theory]
    [InlineData("", "line 1 is not a version")]
    [InlineData("0", "line 1 is not a version")]
    [InlineData("x\n", "line 1 is not a version")]
    [InlineData("-0\n0\n", "line 1 is not a version")]
    [InlineData("1\n0\n", "line 1 says version 1")]
    [InlineData("0\n", "line 2 is not a number of entries")]
    [InlineData("0\n-1\n", "line 2 is not a number of entries")]
    [InlineData("0\n99999999999\n", "line 2 is not a number of entries")]
    [InlineData("0\n1\n", "line 2 says 1 entries, and 0 follow")]
    [InlineData("0\n2147483647\na 0 1\n", "line 2 says 2147483647 entries, and 1 follow")]
    [InlineData("0\n0\na 0 1\n", "line 2 says 0 entries, and 1 follow")]
    [InlineData("0\n2\na 0 1\nb 0 1", "line 4 is not an entry")]
    [InlineData("0\n1\na 0\n", "line 3 is not an entry")]
    [InlineData("0\n1\na 0 1 2\n", "line 3 is not an entry")]
    [InlineData("0\n1\na  0 1\n", "line 3 is not an entry")]
    [InlineData("0\n1\n 0 1\n", "line 3 is not an entry")]
    [InlineData("0\n1\na -1 1\n", "line 3 is not an entry")]
    [InlineData("0\n1\na 0 -1\n", "line 3 is not an entry")]
    [InlineData("0\n1\na 0 9223372036854775808\n", "line 3 is not an entry")]
    [InlineData("0\n1\na 0 1\n\n", "line 4 is not an entry")]
    [InlineData("0\n2\na 0 1\na 0 2\n", "line 4 names a-0 again")]
    [InlineData("0\n1\n\u00e4 0 1\n", "it has bytes that are no ASCII text")]
    public void Read_TextThatMakesNoSense_SaysWhereAndGivesNothing(string text, string expected)
    {
        Write(text);

        var read = Checkpoint().Read();

        Assert.Equal(CheckpointCondition.Corrupt, read.Condition);
        Assert.Empty(read.Content);
        Assert.Contains(expected, read.Fault, StringComparison.Ordinal);
        Assert.Contains(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName), read.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var name = Gen.NonEmptyListOf(Gen.Elements("abcXYZ019._-".ToCharArray())).Select(letters => new string([.. letters]));
        var line = from topic in name
                   from partition in Gen.Choose(0, int.MaxValue)
                   from offset in ArbMap.Default.GeneratorFor<long>().Select(value => value & long.MaxValue)
                   select KeyValuePair.Create(new TopicPartition(topic, partition), offset);
        var property = Prop.ForAll(Gen.ListOf(line).ToArbitrary(), lines =>
        {
            var offsets = new Dictionary<TopicPartition, long>(lines.DistinctBy(each => each.Key));
            Checkpoint().Write(offsets);
            var read = Checkpoint().Read();
            return read.Condition == CheckpointCondition.Whole
                && read.Content.Count == offsets.Count
                && offsets.All(each => read.Content[each.Key] == each.Value);
        });

        Check.One(Config.QuickThrowOnFailure.WithReplay(4711, 4713), property);
    }

    [Fact]
    public void A_damaged_file_is_never_taken_for_another_one_of_the_same_length()
    {
        Rounds.ForEachSeed(300, random =>
        {
            var offsets = Enumerable.Range(0, random.Next(1, 5)).ToDictionary(index => new TopicPartition("t", index), _ => (long)random.Next());
            Checkpoint().Write(offsets);
            var bytes = File.ReadAllBytes(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName));
            var cut = random.Next(bytes.Length);
            File.WriteAllBytes(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName), bytes[..cut]);

            Assert.Equal(CheckpointCondition.Corrupt, Checkpoint().Read().Condition);

            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName), bytes);
            var read = Checkpoint().Read();
            Assert.Equal(read.Condition == CheckpointCondition.Corrupt, read.Fault is not null);
            Assert.True(read.Condition == CheckpointCondition.Whole || read.Content.Count == 0);
        });
    }

    private OffsetCheckpoint Checkpoint() => new(_scratch.Files, _scratch.Root, OffsetCheckpoint.HighWatermarksName);

    private string Text() => File.ReadAllText(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName));

    private void Write(string text) =>
        File.WriteAllText(_scratch.PathOf(OffsetCheckpoint.HighWatermarksName), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
