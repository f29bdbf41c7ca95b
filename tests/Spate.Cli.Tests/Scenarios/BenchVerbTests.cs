using System.Text.Json;
using Spate.Cli.Tests.Harness;
using Spate.Protocol.Messages;
using Spate.Testing;
using Spate.Testing.Faults;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>Short measurements; how fast they are is nobody's concern here.</summary>
public sealed class BenchVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Unreachable = 3;
    private const int Missing = 4;
    private const int Interrupted = 130;

    private static readonly string[] Short = ["--warm-up", "0s", "--size", "100"];

    private string Server => running.Broker.BootstrapServers;

    [Fact]
    public async Task Produce_tells_what_was_sent_and_leaves_no_topic_behind()
    {
        var json = await JsonAsync("produce", "--records", "3000", "--producers", "2", "--seed", "7");
        var shape = json.GetProperty("shape");
        Assert.Equal(("produce", 4, 100, 2, "all", "none", 7), (
            shape.GetProperty("bench").GetString(),
            shape.GetProperty("partitions").GetInt32(),
            shape.GetProperty("recordBytes").GetInt32(),
            shape.GetProperty("producers").GetInt32(),
            shape.GetProperty("acks").GetString(),
            shape.GetProperty("compression").GetString(),
            shape.GetProperty("seed").GetInt32()));
        AssertFlow(json.GetProperty("throughput").EnumerateArray().Single(), "sent", 3000);
        AssertProcess(json);
        Assert.False(json.TryGetProperty("latency", out _));
        await AssertGoneAsync(shape.GetProperty("topic").GetString()!);
    }

    [Fact]
    public async Task Produce_to_a_topic_that_is_there_writes_what_it_says_and_leaves_it()
    {
        (await running.SpateAsync("topics", "create", "kept", "--partitions", "2")).Succeeded();
        var json = await JsonAsync("produce", "--topic", "kept", "--records", "500", "--compression", "lz4", "--acks", "leader");
        Assert.Equal("kept", json.GetProperty("shape").GetProperty("topic").GetString());
        var values = (await running.SpateAsync("consume", "kept")).Succeeded().Lines;
        Assert.Equal(500, values.Count);
        Assert.All(values, static value => Assert.Equal(100, value.Length));
    }

    [Fact]
    public async Task Latency_times_every_record_from_when_it_should_have_been_sent()
    {
        var json = await JsonAsync("latency", "--rate", "2000", "--records", "400", "--producers", "3", "--consumers", "2");
        Assert.Equal(2000, json.GetProperty("shape").GetProperty("rate").GetDouble());
        var flows = json.GetProperty("throughput").EnumerateArray().ToList();
        AssertFlow(flows[0], "sent", 400);
        AssertFlow(flows[1], "read", 400);
        foreach (var (name, latency) in new[] { "endToEnd", "sentLate" }.Zip(json.GetProperty("latency").EnumerateArray()))
        {
            Assert.Equal((name, 400L), (latency.GetProperty("measure").GetString(), latency.GetProperty("records").GetInt64()));
            var percentiles = new[] { "p50Us", "p90Us", "p99Us", "p999Us", "maxUs" }.Select(percentile => latency.GetProperty(percentile).GetInt64()).ToList();
            Assert.Equal(percentiles.Order(), percentiles);
            Assert.True(percentiles[^1] > 0, "No record takes no time at all.");
        }

        AssertProcess(json);
    }

    [Fact]
    public async Task Latency_in_a_topic_with_records_of_others_counts_its_own()
    {
        (await running.SpateAsync("topics", "create", "shared", "--partitions", "1")).Succeeded();
        (await running.SpateWithInputAsync("one\ntwo\n", "produce", "shared")).Succeeded();
        var json = await JsonAsync("latency", "--topic", "shared", "--rate", "5000", "--records", "100", "--warm-up", "50ms");
        AssertFlow(json.GetProperty("throughput").EnumerateArray().Last(), "read", 100);
    }

    [Fact]
    public async Task Mixed_reads_all_that_it_writes()
    {
        var json = await JsonAsync("mixed", "--records", "3001", "--producers", "2", "--consumers", "2", "--warm-up", "20ms");
        var flows = json.GetProperty("throughput").EnumerateArray().ToList();
        AssertFlow(flows[0], "sent", 3001);
        AssertFlow(flows[1], "read", 3001);
        Assert.False(json.TryGetProperty("latency", out _));
    }

    [Fact]
    public async Task Mixed_at_a_rate_tells_the_latency_too()
    {
        var json = await JsonAsync("mixed", "--records", "200", "--rate", "2000");
        Assert.Equal(200, json.GetProperty("latency").EnumerateArray().First().GetProperty("records").GetInt64());
    }

    [Fact]
    public async Task Consume_reads_the_topic_again_and_again_until_there_is_enough()
    {
        (await running.SpateAsync("topics", "create", "circular", "--partitions", "3")).Succeeded();
        (await running.SpateAsync("produce", "circular", "--template", "%{n}", "--count", "50")).Succeeded();
        var json = await JsonAsync("consume", "--topic", "circular", "--records", "1000", "--consumers", "2", "--warm-up", "20ms");
        var read = json.GetProperty("throughput").EnumerateArray().Single();
        Assert.Equal("read", read.GetProperty("flow").GetString());
        Assert.True(read.GetProperty("records").GetInt64() >= 1000, $"{read}");
    }

    [Fact]
    public async Task Consume_without_a_topic_fills_one_first()
    {
        var json = await JsonAsync("consume", "--records", "2000");
        Assert.True(json.GetProperty("throughput").EnumerateArray().Single().GetProperty("records").GetInt64() >= 2000);
        await AssertGoneAsync(json.GetProperty("shape").GetProperty("topic").GetString()!);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("batch")]
    [InlineData("record")]
    public async Task Records_are_read_in_the_way_that_was_asked_for(string way)
    {
        var mixed = await JsonAsync("mixed", "--records", "1000", "--consumers", "2", "--read", way);
        Assert.Equal(way, mixed.GetProperty("shape").GetProperty("read").GetString());
        AssertFlow(mixed.GetProperty("throughput").EnumerateArray().Last(), "read", 1000);

        // More than there are, so that every partition is begun anew in the middle of it.
        (await running.SpateAsync("topics", "create", $"by-{way}", "--partitions", "2")).Succeeded();
        (await running.SpateAsync("produce", $"by-{way}", "--template", "%{n}", "--count", "700")).Succeeded();
        var consume = await JsonAsync("consume", "--topic", $"by-{way}", "--records", "3000", "--read", way, "--warm-up", "20ms");
        Assert.Equal(way, consume.GetProperty("shape").GetProperty("read").GetString());
        Assert.True(consume.GetProperty("throughput").EnumerateArray().Single().GetProperty("records").GetInt64() >= 3000, $"{consume}");
    }

    [Fact]
    public async Task Batches_are_read_as_they_were_received_where_nothing_else_is_asked_for_and_a_pair_may_differ_in_it()
    {
        var json = (await BenchAsync("consume", "--records", "500", "--against", "--read record", "--pairs", "1", "--output", "json")).Succeeded().Json;
        Assert.Equal(("raw", "record"), (json.GetProperty("shapeA").GetProperty("read").GetString(), json.GetProperty("shapeB").GetProperty("read").GetString()));
    }

    [Fact]
    public async Task A_duration_ends_what_has_no_number_of_records()
    {
        AssertFlow((await JsonAsync("latency", "--rate", "1000", "--duration", "200ms")).GetProperty("throughput").EnumerateArray().First(), "sent", 200);
        Assert.True((await JsonAsync("produce", "--duration", "100ms")).GetProperty("throughput").EnumerateArray().Single().GetProperty("timeMs").GetInt64() >= 100);
    }

    [Fact]
    public async Task Pairs_run_both_shapes_in_turn_and_tell_the_ratios()
    {
        var ended = await BenchAsync("produce", "--records", "500", "--against", "--compression gzip --records 600", "--pairs", "3", "--output", "json");
        var json = ended.Succeeded().Json;
        Assert.Equal(("none", "gzip"), (json.GetProperty("shapeA").GetProperty("compression").GetString(), json.GetProperty("shapeB").GetProperty("compression").GetString()));
        Assert.Equal(json.GetProperty("shapeA").GetProperty("seed").GetInt32(), json.GetProperty("shapeB").GetProperty("seed").GetInt32());
        Assert.Equal(["1A", "1B", "2B", "2A", "3A", "3B"], json.GetProperty("runs").EnumerateArray().Select(static run => $"{run.GetProperty("pair").GetInt32()}{run.GetProperty("shape").GetString()}"));
        var ratio = json.GetProperty("ratios").EnumerateArray().Single(static ratio => ratio.GetProperty("measure").GetString() == "recordsPerSecond");
        Assert.Equal(3, ratio.GetProperty("pairs").GetInt32());
        Assert.True(ratio.GetProperty("least").GetDouble() <= ratio.GetProperty("median").GetDouble() && ratio.GetProperty("median").GetDouble() <= ratio.GetProperty("most").GetDouble());
        Assert.Contains("B over A", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_without_another_shape_show_the_noise()
    {
        var ended = await BenchAsync("latency", "--rate", "1000", "--records", "100", "--pairs", "1", "--set", "retention.ms=100000", "--output", "json");
        Assert.Contains("noise", ended.Succeeded().Errors, StringComparison.Ordinal);
        Assert.Contains(ended.Json.GetProperty("ratios").EnumerateArray(), static ratio => ratio.GetProperty("measure").GetString() == "p99Us");
    }

    [Fact]
    public async Task Another_broker_may_be_the_other_shape()
    {
        await using var other = await EmbeddedBroker.StartAsync();
        var json = (await BenchAsync("produce", "--records", "500", "--against", $"--server {other.BootstrapServers}", "--pairs", "1", "--output", "json")).Succeeded().Json;
        Assert.Equal((Server, other.BootstrapServers), (json.GetProperty("shapeA").GetProperty("servers").GetString(), json.GetProperty("shapeB").GetProperty("servers").GetString()));
    }

    [Fact]
    public async Task A_pipe_is_given_lines_that_end_with_what_the_processes_used()
    {
        var lines = (await BenchAsync("produce", "--records", "100")).Succeeded().Lines;
        Assert.Contains("bench\tproduce", lines);
        Assert.Contains(lines, static line => line.StartsWith("sent\t100\t10000\t", StringComparison.Ordinal));
        Assert.StartsWith("client\t", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_in_another_process_is_measured_and_one_in_this_process_is_said_not_to_be()
    {
        Assert.Contains("The broker is not measured: the broker runs in this very process.", (await BenchAsync("produce", "--records", "100")).Succeeded().Errors, StringComparison.Ordinal);
        var json = (await RealProgram.ShellAsync("spate bench produce --records 100 --warm-up 0s --output json", Server)).Succeeded().Json;
        var broker = json.GetProperty("processes").EnumerateArray().First();
        Assert.Equal(("broker", Environment.ProcessId), (broker.GetProperty("process").GetString(), broker.GetProperty("pid").GetInt32()));
        Assert.True(broker.GetProperty("residentBytesMax").GetInt64() > 0);
    }

    [Fact]
    public async Task A_terminal_is_shown_how_far_it_has_come_and_Ctrl_C_ends_it_with_what_was_found_so_far()
    {
        var ended = await RealProgram.TerminalAsync("spate bench latency --rate 1000 --duration 10m --warm-up 10ms --seed 4711", Server, input: "\u0003", typeAfter: "measuring: ");
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.Contains("endToEnd", ended.Output, StringComparison.Ordinal);
        Assert.Contains("4711", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("spate-bench-", (await running.SpateAsync("topics", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_between_pairs_shows_those_that_are_whole()
    {
        var ended = await RealProgram.TerminalAsync("spate bench produce --duration 1200ms --warm-up 0s --pairs 1000", Server, input: "\u0003", typeAfter: "pair 2 of 1000, ");
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.Contains("recordsPerSecond", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("spate-bench-", (await running.SpateAsync("topics", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_during_the_warm_up_says_that_nothing_counted()
    {
        var ended = await RealProgram.TerminalAsync("spate bench produce --warm-up 10m", Server, input: "\u0003", typeAfter: "warming up: ");
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.Contains("interrupted before anything counted", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("spate-bench-", (await running.SpateAsync("topics", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--records is 0", "produce", "--records", "0")]
    [InlineData("--rate is 0", "latency", "--rate", "0")]
    [InlineData("--duration is 0", "produce", "--duration", "0s")]
    [InlineData("--size is 8; a value has from 16", "latency", "--size", "8")]
    [InlineData("--size is 0; a value has from 1 ", "produce", "--size", "0")]
    [InlineData("--producers is 0", "produce", "--producers", "0")]
    [InlineData("--consumers is 9, and topic", "consume", "--consumers", "9")]
    [InlineData("--pairs is 0", "produce", "--pairs", "0")]
    [InlineData("--partitions is for a new topic", "produce", "--topic", "any", "--partitions", "3")]
    [InlineData("--against cannot be used", "produce", "--against", "--compresion lz4")]
    [InlineData("--rate is -1", "produce", "--against", "--rate -1")]
    [InlineData("larger than topic", "produce", "--size", "2000000")]
    [InlineData("'slowly' is none of raw, batch, record", "consume", "--read", "slowly")]
    [InlineData("'spate bench produce' has no option", "produce", "--read", "raw")]
    [InlineData("'rar' is none of none, gzip", "produce", "--compression", "rar")]
    public async Task What_makes_no_sense_is_named(string sentence, params string[] arguments) => (await running.SpateAsync(["bench", .. arguments])).Failed(Usage, sentence);

    [Fact]
    public async Task A_topic_that_is_not_there_is_named() =>
        (await running.SpateAsync("bench", "produce", "--topic", "nowhere")).Failed(Missing, "There is no topic 'nowhere'", "spate topics create nowhere");

    [Fact]
    public async Task A_topic_with_nothing_to_be_read_is_named()
    {
        (await running.SpateAsync("topics", "create", "void")).Succeeded();
        (await running.SpateAsync("bench", "consume", "--topic", "void")).Failed(Usage, "Topic 'void' has no records", "spate bench produce --topic void");
    }

    [Fact]
    public async Task Records_that_the_topic_does_not_take_are_told_with_what_to_change()
    {
        (await running.SpateAsync("topics", "create", "narrow", "--set", "max.message.bytes=500")).Succeeded();
        (await running.SpateAsync("bench", "produce", "--topic", "narrow", "--size", "600")).Failed(Usage, "max.message.bytes is 500", "spate topics alter narrow --set max.message.bytes=");
        (await running.SpateAsync("bench", "produce", "--topic", "narrow", "--size", "4000", "--compression", "gzip", "--records", "10", "--warm-up", "0s")).Failed(Failure, "0 of ", "max.message.bytes");
    }

    [Fact]
    public async Task A_broker_that_is_down_is_told()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await broker.StopAsync();
        (await SpateInProcess.RunAsync("bench", "latency", "--server", broker.BootstrapServers, "--timeout", "2s")).Failed(Unreachable, broker.BootstrapServers);
    }

    [Theory]
    [InlineData("produce", ApiKey.Produce, "sent")]
    [InlineData("consume", ApiKey.Fetch, "read")]
    [InlineData("mixed", ApiKey.Fetch, "sent", "read")]
    [InlineData("latency", ApiKey.Fetch, "sent", "read")]
    public async Task A_broker_that_goes_away_in_the_middle_is_answered_with_what_was_done_until_then(string bench, ApiKey api, params string[] flows)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var ended = await WithoutBrokerAsync(broker, api, bench, "--duration", "10m", "--output", "json");
        Assert.True(ended.ExitCode == Unreachable, ended.ToString());
        var run = ended.Json.GetProperty("run");
        Assert.Equal("failed", run.GetProperty("end").GetString());
        Assert.Contains($"spate: the run failed, and what is shown was done until then: {run.GetProperty("why").GetString()}", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(broker.BootstrapServers, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Errors, StringComparison.Ordinal);
        var throughput = ended.Json.GetProperty("throughput").EnumerateArray().ToList();
        Assert.Equal(flows, throughput.Select(static flow => flow.GetProperty("flow").GetString()));
        Assert.All(throughput, static flow => Assert.True(flow.GetProperty("records").GetInt64() > 0, $"{flow}"));
    }

    [Fact]
    public async Task A_broker_that_goes_away_between_pairs_leaves_those_that_are_whole()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var ended = await WithoutBrokerAsync(broker, ApiKey.CreateTopics, "produce", "--records", "100", "--pairs", "9", "--output", "json");
        Assert.True(ended.ExitCode == Unreachable, ended.ToString());
        Assert.True(ended.Json.GetProperty("runs").GetArrayLength() > 1, ended.ToString());
        Assert.DoesNotContain("Exception", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_goes_away_within_a_pair_is_told_with_the_run()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var ended = await WithoutBrokerAsync(broker, ApiKey.Produce, "produce", "--duration", "10m", "--pairs", "2");
        Assert.True(ended.ExitCode == Unreachable, ended.ToString());
        Assert.Contains("spate: pair 1 of 2, A: the run failed, and is left out: ", ended.Errors, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task Records_that_were_delivered_and_cannot_be_read_are_counted()
    {
        await using var broker = await EmbeddedBroker.StartAsync();

        // Who wants no acknowledgement takes for delivered what nobody has written down.
        using var swallowed = broker.Faults.Drop(ApiKey.Produce, new FaultScope { Times = int.MaxValue });
        var ended = await SpateInProcess.RunAsync(
            "bench", "latency", "--server", broker.BootstrapServers, "--timeout", "3s", "--rate", "1000", "--records", "50", "--size", "100", "--warm-up", "0s", "--acks", "none", "--output", "json");
        Assert.True(ended.ExitCode == Failure, ended.ToString());
        Assert.Contains("50 of 50 records were delivered and were not read within 3 s after the last that was. Look at the broker's log; --timeout gives it more time.", ended.Errors, StringComparison.Ordinal);
        Assert.Equal([50, 0], ended.Json.GetProperty("throughput").EnumerateArray().Select(static flow => flow.GetProperty("records").GetInt64()));
        Assert.Equal("failed", ended.Json.GetProperty("run").GetProperty("end").GetString());
    }

    /// <summary>Runs a measurement whose broker goes away when it has had some requests of a kind.</summary>
    private static async Task<Outcome> WithoutBrokerAsync(EmbeddedBroker broker, ApiKey api, string bench, params string[] arguments)
    {
        using var some = broker.Faults.Delay(api, TimeSpan.FromMilliseconds(1), new FaultScope { Skip = api == ApiKey.CreateTopics ? 2 : 20 });
        var running = SpateInProcess.RunAsync(["bench", bench, "--server", broker.BootstrapServers, "--timeout", "3s", .. Short, .. arguments]);
        var middle = some.ReachedAsync();
        if (await Task.WhenAny(middle, running).OrTimeout("the middle of the run") == middle)
        {
            await broker.KillAsync();
        }

        return await running;
    }

    private Task<Outcome> BenchAsync(string bench, params string[] arguments) => running.SpateAsync(["bench", bench, .. Short.Where((word, at) => !arguments.Contains(Short[at - (at % 2)])), .. arguments]);

    private async Task<JsonElement> JsonAsync(string bench, params string[] arguments) => (await BenchAsync(bench, [.. arguments, "--output", "json"])).Succeeded().Json;

    private async Task AssertGoneAsync(string topic) =>
        Assert.DoesNotContain(topic, (await running.SpateAsync("topics", "list")).Succeeded().Output, StringComparison.Ordinal);

    private static void AssertFlow(JsonElement flow, string name, long records)
    {
        Assert.Equal((name, records, records * 100), (flow.GetProperty("flow").GetString(), flow.GetProperty("records").GetInt64(), flow.GetProperty("bytes").GetInt64()));
        Assert.True(flow.GetProperty("recordsPerSecond").GetInt64() > 0 && flow.GetProperty("bytesPerSecond").GetInt64() > 0 && flow.GetProperty("timeMs").GetInt64() >= 0, $"{flow}");
    }

    private static void AssertProcess(JsonElement json)
    {
        var client = json.GetProperty("processes").EnumerateArray().Last();
        Assert.Equal(("client", Environment.ProcessId), (client.GetProperty("process").GetString(), client.GetProperty("pid").GetInt32()));
        Assert.True(client.GetProperty("cpuSecondsPerMillionRecords").GetDouble() > 0 && client.GetProperty("cpuSecondsPerGib").GetDouble() > 0 && client.GetProperty("residentBytesMax").GetInt64() > 0, $"{client}");
    }
}
