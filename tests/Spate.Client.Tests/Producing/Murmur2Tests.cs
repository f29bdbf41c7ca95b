using System.Text;
using Spate.Client.Producing;

namespace Spate.Client.Tests.Producing;

public sealed class Murmur2Tests
{
    // What Kafka's own client computes.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Hash_KnownKeys_IsKafkas(string key, int expected) => Assert.Equal(expected, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void PartitionOf_AnyKey_IsWithinTheCount()
    {
        for (var number = 0; number < 1000; number++)
        {
            Assert.InRange(Murmur2.PartitionOf(Encoding.UTF8.GetBytes($"key-{number}"), 7), 0, 6);
        }
    }
}
