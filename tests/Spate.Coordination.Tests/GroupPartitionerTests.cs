namespace Spate.Coordination.Tests;

public sealed class GroupPartitionerTests
{
    // Java's hashes of these: 99162322, 0, -2147483648 (whose absolute value is no int), 99162322, 1772899 and 158455506.
    [Theory]
    [InlineData("hello", 50, 22)]
    [InlineData("", 50, 0)]
    [InlineData("polygenelubricants", 50, 0)]
    [InlineData("hello", 1, 0)]
    [InlineData("\U0001F600", 1000, 899)]
    [InlineData("console-consumer-12345", 50, 6)]
    public void PartitionFor_Name_IsWhatKafkaPicks(string name, int partitions, int expected)
    {
        Assert.Equal(expected, GroupPartitioner.PartitionFor(name, partitions));
    }
}
