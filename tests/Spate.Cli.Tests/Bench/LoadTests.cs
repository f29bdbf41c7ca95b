using Spate.Cli.Bench.Load;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Xunit.Abstractions;

namespace Spate.Cli.Tests.Bench;

public sealed class LoadTests(ITestOutputHelper output)
{
    private const long Frequency = 1_000_000_000;
    private const int Seed = 7;

    [Fact]
    public void Several_producers_keep_the_rate_together_and_send_in_turn()
    {
        var schedules = Enumerable.Range(0, 4).Select(static producer => SendSchedule.Of(start: 100, rate: 1000, producer, producers: 4, Frequency)).ToList();
        var due = Enumerable.Range(0, 1000).SelectMany(number => schedules.Select(schedule => schedule.DueOf(number))).ToList();
        Assert.Equal(due.Order(), due);
        Assert.Equal([100L, 1_000_100L, 2_000_100L, 3_000_100L, 4_000_100L], due.Take(5));
        Assert.Equal(100 + (3999 * 1_000_000L), due[^1]);
    }

    [Fact]
    public void A_rate_that_does_not_divide_the_clock_is_kept_in_the_long_run()
    {
        var schedule = SendSchedule.Of(start: 0, rate: 30_000, producer: 0, producers: 1, Frequency);
        Assert.InRange(schedule.DueOf(30_000L * 3600), 3600 * Frequency - 1000, 3600 * Frequency + 1000);
    }

    [Fact]
    public void The_same_seed_gives_the_same_text_and_another_one_another()
    {
        var (one, same, other) = (new SampleText(Seed, 100), new SampleText(Seed, 100), new SampleText(Seed + 1, 100));
        Assert.True(one.Stretch(12345, 100).Span.SequenceEqual(same.Stretch(12345, 100).Span));
        Assert.False(one.Stretch(12345, 100).Span.SequenceEqual(other.Stretch(12345, 100).Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(3_000_000)]
    public void A_stretch_has_its_length_wherever_it_begins(int bytes)
    {
        var text = new SampleText(Seed, bytes);
        Assert.All([0L, 1, 1 << 20, (1 << 20) - 1, 12_345_678_901], position => Assert.Equal(bytes, text.Stretch(position, bytes).Length));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, 2.0, 4.0)]
    [InlineData(CompressionCodec.Lz4, 1.3, 3.0)]
    [InlineData(CompressionCodec.Zstd, 2.0, 4.0)]
    public void The_text_compresses_as_text_does(CompressionCodec codec, double least, double most)
    {
        const int Bytes = 64 * 1024;
        if (!Compressor.IsAvailable(codec))
        {
            return;
        }

        var compressed = CompressedBytes(codec, new SampleText(Seed, Bytes).Stretch(0, Bytes));
        output.WriteLine($"{codec}: {(double)Bytes / compressed:0.00}");
        Assert.InRange((double)Bytes / compressed, least, most);
    }

    [Fact]
    public void A_stamp_is_read_by_its_own_run_and_by_no_other()
    {
        var value = new byte[20];
        new RecordStamp(4711).Write(value, due: 99);
        Assert.True(new RecordStamp(4711).TryRead(value, out var due));
        Assert.Equal(99, due);
        Assert.False(new RecordStamp(4712).TryRead(value, out _));
        Assert.False(new RecordStamp(4711).TryRead(value.AsSpan(0, 15), out _));
    }

    [Fact]
    public void Partitions_are_shared_out_whole_and_evenly()
    {
        var partitions = Enumerable.Range(0, 7).Select(static index => new TopicPartition("t", index)).ToList();
        var shares = Enumerable.Range(0, 3).Select(index => LoadRun.ShareOf(partitions, index, 3)).ToList();
        Assert.Equal([3, 2, 2], shares.Select(static share => share.Count));
        Assert.Equal(partitions, shares.SelectMany(static share => share).OrderBy(static partition => partition.Partition));
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_due_and_not_before()
    {
        var wait = new FineWait(TimeProvider.System);
        foreach (var milliseconds in new[] { -5, 0, 1, 10 })
        {
            var due = TimeProvider.System.GetTimestamp() + (milliseconds * TimeProvider.System.TimestampFrequency / 1000);
            await wait.UntilAsync(due, CancellationToken.None);
            Assert.True(TimeProvider.System.GetTimestamp() >= due);
        }
    }

    private static int CompressedBytes(CompressionCodec codec, ReadOnlyMemory<byte> bytes)
    {
        using var compressed = new PooledBuffer();
        Compressor.Compress(codec, level: null, bytes.Span, compressed);
        return compressed.Length;
    }
}
