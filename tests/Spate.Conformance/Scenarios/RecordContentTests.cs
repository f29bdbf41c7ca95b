using System.Globalization;
using System.Text;
using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Compression;

namespace Spate.Conformance.Scenarios;

/// <summary>What was written is what is read: every byte, in its order, as often as it was written.</summary>
public sealed class RecordContentTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private BrokerProcess Broker => shared.Broker;

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task A_large_text_is_read_back_byte_for_byte(string codec)
    {
        using var directory = new TestDirectory();
        var lines = SeededText.Lines(seed: 1, bytes: 5_000_000);
        await File.WriteAllBytesAsync(directory["text"], Kcat.Lines(lines));

        await Kcat.WriteAsync(Broker, $"text-{codec}", default, "-z", codec, "-l", directory["text"]);

        var read = await Kcat.RunAsync(Broker, default, "-C", "-e", "-q", "-t", $"text-{codec}", "-f", "%s\\n");
        Assert.Equal(await File.ReadAllBytesAsync(directory["text"]), read.Succeeded().Output);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task A_program_sent_in_pieces_is_read_back_byte_for_byte(string codec)
    {
        using var directory = new TestDirectory();
        var program = (await File.ReadAllBytesAsync(Path.Combine(SpateProgram.Directory, "Spate.Protocol.dll"))).Chunk(64 * 1024).ToList();
        var files = new List<string>();
        foreach (var piece in program)
        {
            files.Add(directory[$"piece-{files.Count:d4}"]);
            await File.WriteAllBytesAsync(files[^1], piece);
        }

        await Kcat.WriteAsync(Broker, $"program-{codec}", default, ["-z", codec, .. files]);

        var records = await Kcat.ReadAsync(Broker, $"program-{codec}");
        Assert.Equal(Enumerable.Range(0, program.Count).Select(offset => (long)offset), records.Select(record => record.Offset));
        Assert.Equal(program, records.Select(record => record.Value!));
    }

    [Fact]
    public async Task Keys_and_values_stay_together_and_may_be_empty_or_null()
    {
        await Kcat.WriteAsync(Broker, "keys", "one:1\ntwo:\n:3\n"u8.ToArray(), "-K", ":");
        await Kcat.WriteAsync(Broker, "keys", "four:\n"u8.ToArray(), "-K", ":", "-Z");
        await Kcat.WriteAsync(Broker, "keys", "five\n"u8.ToArray());

        var records = await Kcat.ReadAsync(Broker, "keys");

        Assert.Equal(
            [("one", "1"), ("two", ""), ("", "3"), ("four", null), (null, "five")],
            records.Select(record => (Text(record.Key), Text(record.Value))));
    }

    [Fact]
    public async Task Headers_keep_their_order_and_may_repeat()
    {
        await Kcat.WriteLinesAsync(Broker, "headers", ["with"], "-H", "trace=a1", "-H", "kind=größe", "-H", "trace=a2", "-H", "none=");
        await Kcat.WriteLinesAsync(Broker, "headers", ["without"]);

        var records = await Kcat.ReadAsync(Broker, "headers");

        Assert.Equal([("with", "trace=a1,kind=größe,trace=a2,none="), ("without", "")], records.Select(record => (record.Text, record.Headers)));
    }

    [Fact]
    public async Task A_record_carries_the_time_at_which_it_was_made()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Kcat.WriteLinesAsync(Broker, "times", ["now"]);
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal((WireError.None, 1L), await client.ProduceAsync("times", 0, Batches.Of(CompressionCodec.None, 1234567890123, "then")));
        }

        var records = await Kcat.ReadAsync(Broker, "times");

        Assert.Equal(["now", "then"], records.Select(record => record.Text));
        Assert.InRange(records[0].Timestamp, before, after);
        Assert.Equal(1234567890123, records[1].Timestamp);
    }

    [Fact]
    public async Task In_a_topic_that_asks_for_it_a_record_carries_the_time_at_which_it_arrived()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("arrivals", 1, ("message.timestamp.type", "LogAppendTime")));
            Assert.Equal((WireError.None, 0L), await client.ProduceAsync("arrivals", 0, Batches.Of(CompressionCodec.Lz4, 1234567890123, "then")));
        }

        var record = Assert.Single(await Kcat.ReadAsync(Broker, "arrivals"));

        Assert.Equal("then", record.Text);
        Assert.InRange(record.Timestamp, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Records_go_to_the_partition_that_was_named_and_are_found_there_only()
    {
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("partitions", 3));
        }

        foreach (var partition in new[] { 2, 0, 1 })
        {
            var values = Enumerable.Range(0, 100).Select(number => $"{partition}:{number}");
            await Kcat.WriteLinesAsync(Broker, "partitions", values, "-p", partition.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var partition in new[] { 0, 1, 2 })
        {
            var records = await Kcat.ReadAsync(Broker, "partitions", "-p", partition.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(
                Enumerable.Range(0, 100).Select(number => (partition, (long)number, $"{partition}:{number}")),
                records.Select(record => (record.Partition, record.Offset, record.Text)));
        }

        Assert.Equal(300, (await Kcat.ReadAsync(Broker, "partitions")).Count);
    }

    [Fact]
    public async Task Records_of_one_key_are_found_in_one_partition_in_their_order()
    {
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("by-key", 4));
        }

        await Kcat.WriteLinesAsync(Broker, "by-key", Enumerable.Range(0, 1000).Select(number => $"key-{number % 20}:{number}"), "-K", ":");

        var records = await Kcat.ReadAsync(Broker, "by-key");
        Assert.Equal(1000, records.Count);
        foreach (var key in records.GroupBy(record => Text(record.Key)))
        {
            Assert.Single(key.Select(record => record.Partition).Distinct());
            var first = int.Parse(key.Key!["key-".Length..], CultureInfo.InvariantCulture);
            Assert.Equal(
                Enumerable.Range(0, 50).Select(turn => (first + (turn * 20)).ToString(CultureInfo.InvariantCulture)),
                key.Select(record => record.Text));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("zstd")]
    public async Task Records_of_nine_hundred_kilobytes_are_read_back_byte_for_byte(string codec)
    {
        using var directory = new TestDirectory();
        var values = Enumerable.Range(0, 5).Select(seed => SeededText.Noise(seed, 900_000)).ToList();
        foreach (var (index, value) in values.Index())
        {
            await File.WriteAllBytesAsync(directory[$"{index}"], value);
        }

        await Kcat.WriteAsync(Broker, $"large-{codec}", default, ["-z", codec, .. values.Select((_, index) => directory[$"{index}"])]);

        Assert.Equal(values, (await Kcat.ReadAsync(Broker, $"large-{codec}")).Select(record => record.Value!));
    }

    [Fact]
    public async Task A_record_above_the_topic_s_limit_is_refused_and_the_next_one_is_taken()
    {
        using var directory = new TestDirectory();
        await File.WriteAllBytesAsync(directory["too-large"], SeededText.Noise(seed: 3, 2_000_000));

        var refused = await Kcat.RunAsync(Broker, default, "-P", "-t", "limited", "-X", "message.max.bytes=5000000", directory["too-large"]);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Message size too large", refused.Errors, StringComparison.OrdinalIgnoreCase);
        await Kcat.WriteLinesAsync(Broker, "limited", ["small"]);
        var record = Assert.Single(await Kcat.ReadAsync(Broker, "limited"));
        Assert.Equal((0, "small"), (record.Offset, record.Text));
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
