using Spate.Coordination.Transactions;
using Spate.Protocol;

namespace Spate.Coordination.Tests.Transactions;

public sealed class EnrolledPartitionsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a0", "a0")]
    [InlineData("a0 a1 b0", "a0 a1 b0")]
    [InlineData("b0 a10 a2 b0 B1 a2", "B1 a2 a10 b0")]
    [InlineData("a1 a1 a1", "a1")]
    public void Of_PartitionsInAnyOrder_AreEachOnceInTheOrderOfTopicAndNumber(string given, string expected)
    {
        var enrolled = EnrolledPartitions.Of([.. Parse(given)]);
        Assert.Equal(expected, Say(enrolled));
        Assert.All(Parse(given), partition => Assert.True(enrolled.Contains(partition)));
        Assert.DoesNotContain(new TopicPartition("a", 99), enrolled);
        Assert.False(enrolled.Contains(new TopicPartition("a", 99)));
        Assert.Equal(Parse(expected).Select(partition => partition.Topic).Distinct(), enrolled.ByTopic().Select(topic => topic.Topic));
        Assert.Equal(Parse(expected), enrolled.ByTopic().SelectMany(topic => topic.Partitions.Select(number => new TopicPartition(topic.Topic, number))));
    }

    [Fact]
    public void Union_OfSomeThatAreThere_AddsTheOthers() => Assert.Equal("a0 a1 b0 c3", Say(EnrolledPartitions.Of([.. Parse("a0 b0")]).Union(Parse("c3 a1 a0"))));

    private static List<TopicPartition> Parse(string words) =>
        [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new TopicPartition(word[..1], int.Parse(word[1..], System.Globalization.CultureInfo.InvariantCulture)))];

    private static string Say(EnrolledPartitions partitions) => string.Join(' ', partitions.Select(partition => $"{partition.Topic}{partition.Partition}"));
}
