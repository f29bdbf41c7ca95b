using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>Clients that ask for more memory than is theirs, within the letter of the protocol.</summary>
public sealed class ExcessTests(ITestOutputHelper output)
{
    /// <summary>What the broker may have resident while clients withhold or flood, a budget of 64 MiB for requests and one request over it included.</summary>
    private const long ResidentBytesMax = 400L * 1024 * 1024;

    /// <summary>
    /// What it may have after batches that unpack to too much: 64 MiB for each that is looked at, twice that while the memory for it grows,
    /// on the few threads that do so at once. A broker that unpacks whatever it is sent has over 3 GiB.
    /// </summary>
    private const long ResidentBytesMaxUnpacking = 1024L * 1024 * 1024;

    /// <summary>More than anything that a topic takes by default may unpack to.</summary>
    private const int UnpackedBytes = 200_000_000;

    [Fact]
    public async Task Replies_that_nobody_takes_are_not_piled_up()
    {
        await using var broker = await BrokerProcess.StartAsync();
        using (var writer = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await writer.CreateTopicAsync("large", 1));
            for (var batch = 0; batch < 20; batch++)
            {
                Assert.Equal((WireError.None, (long)batch), await writer.ProduceAsync("large", 0, Batches.OfBytes(SeededText.Noise(batch, 1_000_000))));
            }
        }

        var flooders = new List<WireClient>();
        var floods = new List<Task>();
        try
        {
            for (var index = 0; index < 50; index++)
            {
                flooders.Add(await WireClient.ConnectAsync(broker));
                floods.Add(flooders[^1].FloodAsync(Api.Fetch, 4, Requests.Fetch("large", 0, 0, 20_000_000)));
            }

            await AssertServedAsync(broker);
            Report(broker, "with 50 clients that ask for 20 MB over and over and read nothing");
        }
        finally
        {
            flooders.ForEach(flooder => flooder.Dispose());
            await Task.WhenAll(floods);
        }

        Assert.Equal(0, await broker.StopAsync());
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_small_batch_that_says_it_is_huge_does_not_become_huge_in_memory(CompressionCodec codec)
    {
        byte[] bomb;
        using (var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec }))
        {
            builder.Append(0, NullableBytes.Null, new byte[UnpackedBytes]);
            bomb = builder.Build().ToArray();
        }

        await using var broker = await BrokerProcess.StartAsync();
        var clients = new List<WireClient>();
        try
        {
            clients.Add(await WireClient.ConnectAsync(broker));
            Assert.Equal(WireError.None, await clients[0].CreateTopicAsync("huge", 1));
            while (clients.Count < 16)
            {
                clients.Add(await WireClient.ConnectAsync(broker));
            }

            var answers = await Task.WhenAll(clients.Select(client => client.ProduceAsync("huge", 0, bomb)));

            Assert.All(answers, answer => Assert.Equal(WireError.MessageTooLarge, answer.Error));
            Report(broker, $"after {clients.Count} clients at once sent {bomb.Length} bytes of {codec} that unpack to {UnpackedBytes}", ResidentBytesMaxUnpacking);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await AssertServedAsync(broker);
        Assert.Equal(0, await broker.StopAsync());
    }

    [Fact]
    public async Task Half_requests_that_fill_the_memory_that_was_granted_do_not_keep_others_from_being_served()
    {
        await using var broker = await BrokerProcess.StartAsync(("queued.max.request.bytes", "67108864"));
        var halves = new byte[30_000_000];
        var clients = new List<WireClient>();
        var sending = new List<Task>();
        try
        {
            for (var index = 0; index < 20; index++)
            {
                clients.Add(await WireClient.ConnectAsync(broker));
                sending.Add(SendHalfAsync(clients[^1], halves));
            }

            await AssertServedAsync(broker);
            Report(broker, "with 20 clients that have sent the halves of requests of 60 MB");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            await Task.WhenAll(sending);
        }

        Assert.Equal(0, await broker.StopAsync());
    }

    private static async Task SendHalfAsync(WireClient client, byte[] half)
    {
        try
        {
            await client.SendAsync(new WireWriter().Int32(half.Length * 2).Int16(Api.Produce).Int16(Requests.ProduceVersion).Int32(1).ToArray());
            await client.SendAsync(half);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // Nobody read on, and the test is over.
        }
    }

    private static async Task AssertServedAsync(BrokerProcess broker)
    {
        await Kcat.WriteLinesAsync(broker, "others", ["are", "served"]);
        Assert.Equal(["are", "served"], await Kcat.ReadLinesAsync(broker, "others"));
    }

    private void Report(BrokerProcess broker, string when, long bytesMax = ResidentBytesMax)
    {
        var resident = broker.ResidentBytes;
        output.WriteLine($"{resident / 1024 / 1024} MiB resident {when}");
        Assert.True(resident < bytesMax, $"The broker has {resident} bytes resident {when}; {bytesMax} are allowed.");
    }
}
