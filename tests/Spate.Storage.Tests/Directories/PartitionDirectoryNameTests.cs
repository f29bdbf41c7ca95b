using FsCheck;
using FsCheck.Fluent;
using Spate.Protocol;
using Spate.Storage.Directories;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Directories;

public sealed class PartitionDirectoryNameTests
{
    private static readonly Uuid UniqueId = new(0x0123456789abcdef, 0xfedcba9876543210);

    [Theory]
    [InlineData("orders-0", "orders", 0, PartitionDirectoryRole.Current)]
    [InlineData("my-topic.with-all_3-17", "my-topic.with-all_3", 17, PartitionDirectoryRole.Current)]
    [InlineData("__consumer_offsets-49", "__consumer_offsets", 49, PartitionDirectoryRole.Current)]
    [InlineData("a--2147483647", "a-", 2147483647, PartitionDirectoryRole.Current)]
    [InlineData("---0", "--", 0, PartitionDirectoryRole.Current)]
    [InlineData("x-delete-0", "x-delete", 0, PartitionDirectoryRole.Current)]
    [InlineData("t-1.0123456789abcdef0123456789abcdef-delete", "t", 1, PartitionDirectoryRole.Deleted)]
    [InlineData("t.u-1.0123456789ABCDEF0123456789abcdef-future", "t.u", 1, PartitionDirectoryRole.Future)]
    [InlineData("t-u-1.0123456789abcdef0123456789abcdef-stray", "t-u", 1, PartitionDirectoryRole.Stray)]
    public void TryParse_Name_IsReadFromItsEnd(string name, string topic, int partition, PartitionDirectoryRole role)
    {
        Assert.True(PartitionDirectoryName.TryParse(name, out var parsed));
        Assert.Equal(new PartitionDirectoryName(new TopicPartition(topic, partition), role), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lost+found")]
    [InlineData("orders")]
    [InlineData("orders-")]
    [InlineData("-0")]
    [InlineData("orders-x")]
    [InlineData("orders--")]
    [InlineData("orders-+1")]
    [InlineData("orders-01")]
    [InlineData("orders-2147483648")]
    [InlineData("or ders-0")]
    [InlineData("\u00f6rders-0")]
    [InlineData(".-0")]
    [InlineData("..-0")]
    [InlineData("remote-log-index-cache")]
    [InlineData("t-1.0123456789abcdef-delete")]
    [InlineData("t-1-delete")]
    [InlineData("t-1.0123456789abcdef0123456789abcdeg-delete")]
    [InlineData("t.0123456789abcdef0123456789abcdef-delete")]
    [InlineData("t-1.0123456789abcdef0123456789abcdef-gone")]
    public void TryParse_AnyOtherName_IsNone(string name)
    {
        Assert.False(PartitionDirectoryName.TryParse(name, out _));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(249, true)]
    [InlineData(250, false)]
    public void IsTopic_Length_HasKafkasBound(int length, bool expected)
    {
        Assert.Equal(expected, PartitionDirectoryName.IsTopic(new string('x', length)));
    }

    [Fact]
    public void Create_Deleted_HasKafkasForm()
    {
        Assert.Equal(
            "orders-3.0123456789abcdeffedcba9876543210-delete",
            PartitionDirectoryName.Create(new TopicPartition("orders", 3), PartitionDirectoryRole.Deleted, UniqueId));
    }

    [Theory]
    [InlineData(PartitionDirectoryRole.Deleted)]
    [InlineData(PartitionDirectoryRole.Stray)]
    public void Create_LongestTopic_IsCutToWhatFileSystemsAllow(PartitionDirectoryRole role)
    {
        var name = PartitionDirectoryName.Create(new TopicPartition(new string('x', 249), int.MaxValue), role, UniqueId);

        Assert.Equal(255, name.Length);
        Assert.True(PartitionDirectoryName.TryParse(name, out var parsed));
        Assert.Equal((int.MaxValue, role), (parsed.Partition.Partition, parsed.Role));
        Assert.StartsWith(parsed.Partition.Topic, new string('x', 249), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FutureOfATopicTooLong_SaysSo()
    {
        var partition = new TopicPartition(new string('x', 249), 0);

        Assert.Throws<PathTooLongException>(() => PartitionDirectoryName.Create(partition, PartitionDirectoryRole.Future, UniqueId));
    }

    [Fact]
    public void What_is_formed_is_read_again()
    {
        var name = from topic in Gen.NonEmptyListOf(Gen.Elements("ab9._-".ToCharArray())).Select(letters => new string([.. letters]))
                   from partition in Gen.Choose(0, int.MaxValue)
                   from role in Gen.Elements(Enum.GetValues<PartitionDirectoryRole>())
                   where topic is not ("." or "..")
                   select new PartitionDirectoryName(new TopicPartition(topic, partition), role);
        var property = Prop.ForAll(name.ToArbitrary(), each =>
        {
            var text = each.Role == PartitionDirectoryRole.Current
                ? PartitionDirectoryName.Current(each.Partition)
                : PartitionDirectoryName.Create(each.Partition, each.Role, UniqueId);
            return PartitionDirectoryName.TryParse(text, out var parsed) && parsed == each;
        });

        Check.One(Config.QuickThrowOnFailure.WithReplay(881, 883), property);
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        const string Letters = "ab0-9.._--delete.0123456789abcdef/ \u00e4";
        Rounds.ForEachSeed(5000, random =>
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => Letters[random.Next(Letters.Length)])]);
            if (PartitionDirectoryName.TryParse(text, out var parsed) && parsed.Role == PartitionDirectoryRole.Current)
            {
                Assert.Equal(text, PartitionDirectoryName.Current(parsed.Partition));
            }
        });
    }
}
