using Spate.Broker.Telemetry.Clients;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Telemetry.Clients;

public sealed class ClientTelemetryTests
{
    [Fact]
    public void A_client_that_nobody_asks_for_anything_is_given_an_id_and_asks_again_in_five_minutes()
    {
        var bench = new TelemetryBench();
        var reply = bench.Get();

        Assert.Equal((ErrorCode.None, false, 300_000, 1 << 20, true), (reply.ErrorCode, reply.ClientInstanceId.IsZero, reply.PushIntervalMs, reply.TelemetryMaxBytes, reply.DeltaTemporality));
        Assert.Empty(reply.RequestedMetrics);
        Assert.Equal([(sbyte)CompressionCodec.Zstd, (sbyte)CompressionCodec.Lz4, (sbyte)CompressionCodec.Gzip, (sbyte)CompressionCodec.Snappy], reply.AcceptedCompressionTypes);
        Assert.NotEqual(reply.ClientInstanceId, bench.Get().ClientInstanceId);
        Assert.Equal(2, bench.Telemetry.InstanceCount);
    }

    [Fact]
    public void Subscriptions_that_match_are_taken_together()
    {
        var bench = new TelemetryBench();
        bench.Set("one", "metrics", "b., a.");
        bench.Set("one", "interval.ms", "60000");
        bench.Set("one", "match", "client_id=c-\\d, client_software_name=l.*");
        bench.Set("two", "metrics", "c.,a.");
        bench.Set("two", "interval.ms", "90000");
        bench.Set("other", "metrics", "z.");
        bench.Set("other", "interval.ms", "1000");
        bench.Set("other", "match", "client_id=someone-else");

        var reply = bench.Get();

        Assert.Equal(["a.", "b.", "c."], reply.RequestedMetrics);
        Assert.Equal(60_000, reply.PushIntervalMs);
    }

    [Theory]
    [InlineData("client_id=c-1", true)]
    [InlineData("client_id=c-", false)]
    [InlineData("client_id=-1", false)]
    [InlineData("client_software_name=lib", true)]
    [InlineData("client_software_version=1\\..*", true)]
    [InlineData("client_software_version=2.*", false)]
    [InlineData("client_source_address=10\\.0\\.0\\.\\d+", true)]
    [InlineData("client_source_port=47..", true)]
    [InlineData("client_source_port=1|2", false)]
    [InlineData("client_instance_id=.*", true)]
    [InlineData("client_instance_id=x", false)]
    [InlineData("client_id=c-1,client_source_port=1", false)]
    public void A_subscription_matches_by_every_property_as_a_whole(string match, bool matches)
    {
        var bench = new TelemetryBench();
        bench.Set("s", "metrics", "m");
        bench.Set("s", "match", match);

        Assert.Equal(matches ? ["m"] : [], bench.Get().RequestedMetrics);
        Assert.Empty(bench.Faults);
    }

    [Theory]
    [InlineData("match", "client_id=(")]
    [InlineData("match", "client_id")]
    [InlineData("interval.ms", "soon")]
    [InlineData("interval.ms", "0")]
    public void A_subscription_that_cannot_be_understood_is_left_out_and_told_of(string name, string value)
    {
        var bench = new TelemetryBench();
        bench.Set("good", "metrics", "g");
        bench.Set("bad", "metrics", "b");
        bench.Set("bad", name, value);

        Assert.Equal(["g"], bench.Get().RequestedMetrics);
        Assert.Equal(["bad"], bench.Faults);
    }

    [Fact]
    public void A_star_asks_for_everything()
    {
        var bench = new TelemetryBench();
        bench.Set("one", "metrics", "a.");
        bench.Set("two", "metrics", "*");

        Assert.Equal(["*"], bench.Get().RequestedMetrics);
    }

    [Fact]
    public void The_subscription_id_changes_with_what_is_asked_for_and_only_then()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "metrics", "a");
        var first = bench.Get();
        Assert.Equal(ErrorCode.None, bench.Push(first, Otlp.Metrics()));

        bench.Set("unrelated", "match", "client_id=nobody");
        bench.NowMs += 300_000;
        Assert.Equal(first.SubscriptionId, bench.Get(first.ClientInstanceId).SubscriptionId);

        bench.Set("s", "interval.ms", "1000");
        bench.NowMs += 300_000;
        var second = bench.Get(first.ClientInstanceId);
        Assert.NotEqual(first.SubscriptionId, second.SubscriptionId);
        Assert.Equal((first.ClientInstanceId, 1000), (second.ClientInstanceId, second.PushIntervalMs));
    }

    [Fact]
    public void A_push_of_an_old_subscription_is_refused_and_the_client_may_ask_at_once()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "metrics", "a");
        var first = bench.Get();
        bench.Set("s", "metrics", "b");
        Assert.Equal(ErrorCode.UnknownSubscriptionId, bench.Push(first, Otlp.Metrics(Otlp.Gauge("a", 1))));

        var second = bench.Get(first.ClientInstanceId);
        Assert.Equal((ErrorCode.None, first.ClientInstanceId), (second.ErrorCode, second.ClientInstanceId));
        Assert.Equal(["b"], second.RequestedMetrics);
        bench.NowMs++;
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, bench.Get(first.ClientInstanceId).ErrorCode);
        Assert.Equal((1, 1, 0), (bench.Telemetry.Figures.UnknownSubscriptions, bench.Telemetry.Figures.ThrottledRequests, bench.Telemetry.ValueCount));
    }

    [Fact]
    public void Who_asks_or_pushes_before_the_interval_is_over_is_throttled()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "metrics", "a");
        bench.Set("s", "interval.ms", "1000");
        var asked = bench.Get();
        bench.NowMs += 999;
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, bench.Get(asked.ClientInstanceId).ErrorCode);

        // The first push after asking comes when the client likes.
        Assert.Equal(ErrorCode.None, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 1))));
        bench.NowMs += 999;
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 2))));
        Assert.Equal(1, Value(bench, "a"));
        bench.NowMs += 1;
        Assert.Equal(ErrorCode.None, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 3))));
        Assert.Equal(3, Value(bench, "a"));
        Assert.Equal(2, bench.Telemetry.Figures.ThrottledRequests);
    }

    [Fact]
    public void The_last_push_of_a_client_may_come_early_and_ends_it()
    {
        var bench = new TelemetryBench();
        var asked = bench.Get();
        Assert.Equal(ErrorCode.None, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 1))));
        Assert.Equal(ErrorCode.None, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 2)), isLast: true));
        Assert.Equal(2, Value(bench, "a"));

        bench.NowMs += 300_000;
        Assert.Equal(ErrorCode.InvalidRequest, bench.Push(asked, Otlp.Metrics(Otlp.Gauge("a", 3)), isLast: true));
        Assert.Equal(2, Value(bench, "a"));
    }

    [Fact]
    public void Push_ThatIsWrong_IsRefusedWithItsOwnCode()
    {
        var bench = new TelemetryBench(bytesMax: 100);
        bench.Set("s", "interval.ms", "1");
        var asked = bench.Get();
        var (id, subscription) = (asked.ClientInstanceId, asked.SubscriptionId);
        foreach (var (expected, push) in new (ErrorCode, Func<ErrorCode>)[]
        {
            (ErrorCode.InvalidRequest, () => bench.Push(Uuid.Zero, subscription, [])),
            (ErrorCode.InvalidRequest, () => bench.Push(new Uuid(0, 1), subscription, [])),
            (ErrorCode.UnknownSubscriptionId, () => bench.Push(id, subscription + 1, [])),
            (ErrorCode.UnknownSubscriptionId, () => bench.Push(new Uuid(5, 5), subscription, [])),
            (ErrorCode.UnsupportedCompressionType, () => bench.Push(id, subscription, [1], codec: 5)),
            (ErrorCode.UnsupportedCompressionType, () => bench.Push(id, subscription, [1], codec: -1)),
            (ErrorCode.TelemetryTooLarge, () => bench.Push(id, subscription, new byte[101])),
            (ErrorCode.TelemetryTooLarge, () => bench.Push(id, subscription, Compress(CompressionCodec.Gzip, new byte[2000]), (sbyte)CompressionCodec.Gzip)),
            (ErrorCode.InvalidRecord, () => bench.Push(id, subscription, [1, 2, 3], (sbyte)CompressionCodec.Zstd)),
            (ErrorCode.InvalidRecord, () => bench.Push(id, subscription, [0x0A, 0x7F])),
            (ErrorCode.InvalidRecord, () => bench.Push(id, subscription, [0xFF])),
            (ErrorCode.None, () => bench.Push(id, subscription, [])),
        })
        {
            bench.NowMs += 1000;
            Assert.Equal(expected, push());
        }

        Assert.Equal(0, bench.Telemetry.ValueCount);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_push_is_read_in_every_codec(CompressionCodec codec)
    {
        var bench = new TelemetryBench();
        var message = Otlp.Metrics(Otlp.Gauge("g", 1.5), Otlp.Sum("s", 3, temporality: 2));
        Assert.Equal(ErrorCode.None, bench.Push(bench.Get(), Compress(codec, message), codec));

        Assert.Equal((1.5, 3), (Value(bench, "g"), Value(bench, "s")));
    }

    [Fact]
    public void The_newest_value_of_each_metric_is_kept_by_its_labels()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "interval.ms", "1000");
        var asked = bench.Get();
        bench.Push(asked, Otlp.Metrics(Otlp.Gauge("g", 1, ("topic", "a")), Otlp.Gauge("g", 2, ("topic", "b")), Otlp.Histogram("h", 4, 2.5)));
        bench.NowMs += 1000;
        bench.Push(asked, Otlp.Metrics(Otlp.Gauge("g", 7, ("topic", "b"))));

        var reading = Assert.Single(bench.Telemetry.Read());
        Assert.Equal((asked.ClientInstanceId, "c-1"), (reading.InstanceId, reading.Client.ClientId));
        Assert.Equal(
            new Dictionary<TelemetryKey, TelemetryValue>
            {
                [new TelemetryKey("g", "client_rack=r1,topic=a")] = new(1, IsSum: false, 1_800_000_000_000),
                [new TelemetryKey("g", "client_rack=r1,topic=b")] = new(7, IsSum: false, 1_800_000_000_000),
                [new TelemetryKey("h.count", "client_rack=r1,l=v")] = new(4, IsSum: true, 0),
                [new TelemetryKey("h.sum", "client_rack=r1,l=v")] = new(2.5, IsSum: true, 0),
            },
            reading.Values);
    }

    [Fact]
    public void Differences_add_up_and_sums_stand_for_themselves()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "interval.ms", "1000");
        var asked = bench.Get();
        foreach (var value in (long[])[3, 4])
        {
            Assert.Equal(ErrorCode.None, bench.Push(asked, Otlp.Metrics(Otlp.Sum("delta", value, temporality: 1), Otlp.Sum("whole", value, temporality: 2))));
            bench.NowMs += 1000;
        }

        Assert.Equal((7, 4), (Value(bench, "delta"), Value(bench, "whole")));
    }

    [Fact]
    public void Values_beyond_the_bounds_are_counted_and_not_kept()
    {
        var bench = new TelemetryBench(valuesMax: 5, valuesOfClientMax: 3);
        var many = Otlp.Metrics([.. Enumerable.Range(0, 4).Select(index => Otlp.Gauge($"m{index}", index))]);
        Assert.Equal(ErrorCode.None, bench.Push(bench.Get(), many));
        Assert.Equal((3, 1), (bench.Telemetry.ValueCount, bench.Telemetry.Figures.DroppedValues));
        Assert.Equal(ErrorCode.None, bench.Push(bench.Get(), many));
        Assert.Equal((5, 3), (bench.Telemetry.ValueCount, bench.Telemetry.Figures.DroppedValues));
        Assert.Equal(ErrorCode.None, bench.Push(bench.Get(), Otlp.Metrics(Otlp.Gauge(new string('x', 257), 1))));
        Assert.Equal(4, bench.Telemetry.Figures.DroppedValues);
    }

    [Fact]
    public void No_more_values_are_read_of_one_push_than_the_bound()
    {
        var bench = new TelemetryBench(bytesMax: 4 << 20);
        var point = Otlp.Gauge("m", 1);
        Assert.Equal(ErrorCode.None, bench.Push(bench.Get(), Otlp.Metrics([.. Enumerable.Repeat(point, OtlpReader.PointsMax + 10)])));

        Assert.Equal((1, 10), (bench.Telemetry.ValueCount, bench.Telemetry.Figures.DroppedValues));
    }

    [Fact]
    public void Clients_beyond_the_bound_take_the_place_of_those_not_heard_of_longest()
    {
        var bench = new TelemetryBench(instancesMax: 2);
        var first = bench.Get();
        bench.Push(first, Otlp.Metrics(Otlp.Gauge("a", 1)));
        bench.NowMs++;
        var second = bench.Get();
        bench.NowMs++;
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, bench.Get(second.ClientInstanceId).ErrorCode);
        bench.Get();

        Assert.Equal((2, 0), (bench.Telemetry.InstanceCount, bench.Telemetry.ValueCount));
        Assert.Equal(ErrorCode.None, bench.Get(first.ClientInstanceId).ErrorCode);
    }

    [Fact]
    public void A_client_that_is_not_heard_of_is_forgotten_with_its_values()
    {
        var bench = new TelemetryBench();
        bench.Set("s", "interval.ms", "30000");
        bench.Push(bench.Get(), Otlp.Metrics(Otlp.Gauge("a", 1)));
        bench.NowMs += 89_999;
        bench.Get();
        Assert.Equal(2, bench.Telemetry.InstanceCount);

        bench.NowMs += 60_000;
        bench.Get();
        Assert.Equal((2, 0), (bench.Telemetry.InstanceCount, bench.Telemetry.ValueCount));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        var good = Otlp.Metrics(Otlp.Gauge("g", 1, ("a", "b")), Otlp.Sum("s", 2, 1), Otlp.Histogram("h", 3, 4));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var bench = new TelemetryBench();
            var error = bench.Push(bench.Get(), bytes);
            Assert.True(error is ErrorCode.None or ErrorCode.InvalidRecord, $"{error} for {Convert.ToHexString(bytes)}, seed {Seed}, round {round}");
        }
    }

    private static byte[] Compress(CompressionCodec codec, byte[] bytes)
    {
        using var packed = new PooledBuffer();
        Compressor.Compress(codec, level: null, bytes, packed);
        return packed.Span.ToArray();
    }

    private static double Value(TelemetryBench bench, string name) =>
        bench.Telemetry.Read().SelectMany(reading => reading.Values).Single(pair => pair.Key.Name == name).Value.Value;
}
