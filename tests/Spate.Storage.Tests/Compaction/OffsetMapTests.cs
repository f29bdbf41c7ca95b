using System.Globalization;
using System.Text;
using Spate.Storage.Compaction;

namespace Spate.Storage.Tests.Compaction;

public sealed class OffsetMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_map_finds_what_a_dictionary_finds(int seed)
    {
        var random = new Random(seed);
        using var map = new OffsetMap(500 * OffsetMap.SlotSize, 0.9, new KeyHash(1, (ulong)seed));
        var model = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var offset = 0; offset < 3000; offset++)
        {
            var key = Key(random.Next(700));
            var isPut = map.TryPut(Encoding.UTF8.GetBytes(key), offset);
            Assert.Equal(model.ContainsKey(key) || model.Count < 450, isPut);
            if (isPut)
            {
                model[key] = offset;
            }
        }

        Assert.Equal(450, map.Count);
        for (var number = 0; number < 800; number++)
        {
            Assert.Equal(model.GetValueOrDefault(Key(number), -1), map.OffsetOf(Encoding.UTF8.GetBytes(Key(number))));
        }
    }

    [Theory]
    [InlineData(2 * OffsetMap.SlotSize, 1.0, 1)]
    [InlineData(100, 0.9, 3)]
    [InlineData(2400, 0.5, 50)]
    [InlineData(2400, 1.0, 99)]
    [InlineData(2400, 0.001, 1)]
    public void TryPut_BeyondTheLoadFactor_TakesNoNewKeyAndNoMoreMemory(long bytes, double loadFactor, long capacity)
    {
        using var map = new OffsetMap(bytes, loadFactor, new KeyHash(3, 4));
        Assert.Equal(capacity, map.Capacity);
        for (var number = 0; number < capacity; number++)
        {
            Assert.True(map.TryPut(Encoding.UTF8.GetBytes(Key(number)), number));
        }

        Assert.False(map.TryPut("another"u8, 1000));
        Assert.True(map.TryPut(Encoding.UTF8.GetBytes(Key(0)), 1001));
        Assert.Equal((1001, -1), (map.OffsetOf(Encoding.UTF8.GetBytes(Key(0))), map.OffsetOf("another"u8)));
        Assert.InRange(map.Bytes, 0, bytes);
    }

    [Fact]
    public void A_long_key_takes_no_more_than_a_short_one()
    {
        using var map = new OffsetMap(10 * OffsetMap.SlotSize, 0.9, new KeyHash(3, 4));
        var key = new byte[100_000];
        Assert.True(map.TryPut(key, 0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isPut = true;
        for (var number = 0; number < 8; number++)
        {
            key[number] = 1;
            isPut &= map.TryPut(key, number);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((0, true, 9), (allocated, isPut, map.Count));
        Assert.Equal(10 * OffsetMap.SlotSize, map.Bytes);
    }

    [Fact]
    public void TryPut_AfterDispose_Throws()
    {
        var map = new OffsetMap(1000, 0.9, new KeyHash(3, 4));
        map.Dispose();
        map.Dispose();
        Assert.Throws<ObjectDisposedException>(() => map.TryPut("key"u8, 1));
    }

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number}");
}
