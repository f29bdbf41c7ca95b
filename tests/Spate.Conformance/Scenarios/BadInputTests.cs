using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// Clients that break the rules. Whatever they send, the process stays up, everybody else is served, and the log has one line for it, not a
/// flood. After each test another client writes and reads.
/// </summary>
public sealed class BadInputTests(SharedBroker shared) : IClassFixture<SharedBroker>, IAsyncLifetime
{
    private BrokerProcess Broker => shared.Broker;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        var topic = $"after-{Guid.NewGuid():N}";
        await Kcat.WriteLinesAsync(Broker, topic, ["still", "there"]);
        Assert.Equal(["still", "there"], await Kcat.ReadLinesAsync(Broker, topic));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(104_857_601)]
    public async Task A_length_that_no_request_has_closes_the_connection_with_one_line_in_the_log(int length)
    {
        await AssertClosedWithOneLineAsync(client => client.SendAsync(new WireWriter().Int32(length).Raw(new byte[100]).ToArray()), $"{length}");
    }

    [Fact]
    public async Task A_frame_above_the_limit_that_was_set_closes_the_connection_and_one_below_is_served()
    {
        await using var broker = await BrokerProcess.StartAsync(("socket.request.max.bytes", "200000"));
        using var client = await WireClient.ConnectAsync(broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync("small-frames", 1));
        Assert.Equal((WireError.None, 0L), await client.ProduceAsync("small-frames", 0, Batches.OfBytes(SeededText.Noise(1, 190_000))));

        await client.SendRequestAsync(Api.Produce, Requests.ProduceVersion, Requests.Produce("small-frames", 0, -1, Batches.OfBytes(SeededText.Noise(1, 210_000))));

        Assert.Null(await client.ReceiveAsync());
        await AssertOneLineAsync(broker, 0, client.Name, "200000");
        Assert.Single(await Kcat.ReadAsync(broker, "small-frames"));
    }

    [Theory]
    [InlineData(999, 0)]
    [InlineData(-1, 0)]
    [InlineData(32767, 0)]
    [InlineData(Api.Produce, 99)]
    [InlineData(Api.Metadata, 99)]
    [InlineData(Api.Metadata, -1)]
    public async Task An_api_or_a_version_that_there_is_not_closes_the_connection_with_one_line_in_the_log(short api, short version)
    {
        await AssertClosedWithOneLineAsync(client => client.SendRequestAsync(api, version, new WireWriter().Int32(0)));
    }

    [Fact]
    public async Task ApiVersions_in_a_version_from_the_future_is_answered_in_version_0_with_those_that_there_are()
    {
        using var client = await WireClient.ConnectAsync(Broker);

        var reply = await client.CallAsync(Api.ApiVersions, 99, new WireWriter().Raw([0, 5, (byte)'f', (byte)'o', (byte)'o', (byte)'s', 2, (byte)'1', 0]));

        var offered = Requests.ApiVersions(reply, WireError.UnsupportedVersion);
        Assert.True(offered[Api.ApiVersions].Highest >= 3);
        Assert.Equal(offered, await client.ApiVersionsAsync());
    }

    [Fact]
    public async Task A_body_that_is_not_what_its_header_says_closes_the_connection_with_one_line_in_the_log()
    {
        var valid = Requests.Produce("bodies", 0, -1, Batches.Of("value")).ToArray();
        byte[][] bodies =
        [
            [],
            [.. valid, 0],
            valid[..^1],
            new WireWriter().Text(null).Int16(-1).Int32(1000).Int32(int.MaxValue).ToArray(),
            new WireWriter().Text(null).Int16(-1).Int32(1000).Int32(-2).ToArray(),
            new WireWriter().Text(null).Int16(-1).Int32(1000).Int32(1).Text("t").Int32(1).Int32(0).Int32(int.MaxValue).ToArray(),
            new WireWriter().Text(null).Int16(-1).Int32(1000).Int32(1).Int16(short.MaxValue).ToArray(),
        ];
        foreach (var body in bodies)
        {
            await AssertClosedWithOneLineAsync(client => client.SendRequestAsync(Api.Produce, Requests.ProduceVersion, new WireWriter().Raw(body)));
        }
    }

    [Fact]
    public async Task Noise_harms_nobody_and_costs_a_line_at_most()
    {
        const int Seed = 4242;
        var random = new Random(Seed);
        var before = Broker.Log.Lines.Count;
        var names = new List<string>();
        for (var turn = 0; turn < 300; turn++)
        {
            using var client = await WireClient.ConnectAsync(Broker);
            names.Add(client.Name);
            var noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);
            // Every other one pretends to be a frame, so that the noise gets as far as a header and a body.
            if (turn % 2 == 0)
            {
                await client.SendAsync(noise);
            }
            else
            {
                noise[0] = 0;
                noise[1] = (byte)random.Next(20);
                noise[2] = 0;
                noise[3] = (byte)random.Next(5);
                await client.SendFrameAsync(noise);
            }
        }

        using (var last = await WireClient.ConnectAsync(Broker))
        {
            Assert.NotEmpty(await last.ApiVersionsAsync());
        }

        var lines = Broker.Log.Lines.Skip(before).ToList();
        foreach (var connections in names.GroupBy(name => name, StringComparer.Ordinal))
        {
            // A port that is free again may be taken by a later connection.
            var said = lines.Count(line => Names(line, connections.Key));
            Assert.True(said <= connections.Count(), $"seed {Seed}: {said} lines for {connections.Count()} connections from {connections.Key}:\n{Broker.Log}");
        }
    }

    [Fact]
    public async Task A_request_that_is_cut_off_in_the_middle_harms_nobody()
    {
        var frame = new WireWriter().Blob(WireClient.Request(Api.Produce, Requests.ProduceVersion, 1, Requests.Produce("cut-off", 0, -1, Batches.Of("never whole")))).ToArray();
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("cut-off", 1));
        }

        for (var sent = 1; sent < frame.Length; sent++)
        {
            using var client = await WireClient.ConnectAsync(Broker);
            await client.SendAsync(frame.AsMemory(0, sent));
        }

        await Kcat.WriteLinesAsync(Broker, "cut-off", ["whole"]);
        Assert.Equal(["whole"], await Kcat.ReadLinesAsync(Broker, "cut-off"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_connection_on_which_nothing_moves_is_closed_whether_or_not_it_has_begun_a_request(int begun)
    {
        await using var broker = await BrokerProcess.StartAsync(("connections.max.idle.ms", "1000"));
        using var client = await WireClient.ConnectAsync(broker);
        Assert.NotEmpty(await client.ApiVersionsAsync());
        await client.SendAsync(new WireWriter().Int32(1000).Raw(new byte[begun]).ToArray().AsMemory(0, begun));

        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_answered()
    {
        using var client = await WireClient.ConnectAsync(Broker);
        foreach (var part in new WireWriter().Blob(WireClient.Request(Api.ApiVersions, 0, 77, new WireWriter())).ToArray())
        {
            await client.SendAsync(new[] { part });
        }

        var reply = await client.ReceiveAsync();

        Assert.NotNull(reply);
        Assert.Equal(77, reply.Int32());
        Assert.NotEmpty(Requests.ApiVersions(reply, WireError.None));
    }

    [Fact]
    public async Task A_batch_with_any_bit_wrong_is_refused_and_nothing_of_it_is_kept()
    {
        using var client = await WireClient.ConnectAsync(Broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync("corrupt", 1));
        var valid = Batches.Of("one", "two", "three");

        // From the checksum's field on, which covers all that follows it.
        for (var position = 17; position < valid.Length; position++)
        {
            var corrupt = valid.ToArray();
            corrupt[position] ^= (byte)(1 << (position % 8));
            var (error, _) = await client.ProduceAsync("corrupt", 0, corrupt);
            Assert.True(error == WireError.CorruptMessage, $"The byte at {position} was changed, and the answer was error {error}.");
        }

        Assert.Equal((WireError.None, 0L), await client.ProduceAsync("corrupt", 0, valid));
        Assert.Equal(["one", "two", "three"], await Kcat.ReadLinesAsync(Broker, "corrupt"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("with space")]
    [InlineData("größe")]
    [InlineData("nul\0nul")]
    public async Task A_topic_name_that_is_not_allowed_is_refused_and_leaves_no_trace(string topic)
    {
        using var client = await WireClient.ConnectAsync(Broker);
        var before = Directory.GetFileSystemEntries(Path.GetDirectoryName(Broker.DataDirectory)!).Order().ToList();

        Assert.Equal(WireError.InvalidTopic, await client.CreateTopicAsync(topic, 1));
        Assert.Contains((await client.ProduceAsync(topic, 0, Batches.Of("x"))).Error, new[] { WireError.InvalidTopic, WireError.UnknownTopicOrPartition });

        Assert.Equal(before, Directory.GetFileSystemEntries(Path.GetDirectoryName(Broker.DataDirectory)!).Order());
    }

    private static bool Names(OutputLine line, string connection)
    {
        var at = line.Text.IndexOf(connection, StringComparison.Ordinal);
        return at >= 0 && (at + connection.Length == line.Text.Length || !char.IsAsciiDigit(line.Text[at + connection.Length]));
    }

    private static async Task AssertOneLineAsync(BrokerProcess broker, int before, string connection, string content = "")
    {
        await broker.Log.WaitAsync(lines => lines.Skip(before).Any(line => Names(line, connection)), $"the log named {connection}", Bounds.Answer);
        var said = Assert.Single(broker.Log.Lines.Skip(before), line => Names(line, connection));
        Assert.Contains(content, said.Text, StringComparison.Ordinal);
    }

    private async Task AssertClosedWithOneLineAsync(Func<WireClient, ValueTask> offend, string content = "")
    {
        var before = Broker.Log.Lines.Count;
        using var client = await WireClient.ConnectAsync(Broker);
        await offend(client);
        Assert.Null(await client.ReceiveAsync());
        await AssertOneLineAsync(Broker, before, client.Name, content);
    }
}
