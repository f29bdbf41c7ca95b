using BenchmarkDotNet.Attributes;
using Spate.Broker.Network;
using Spate.Broker.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>What counting costs on the way of a request. Nothing may be allocated but the request's own times.</summary>
[MemoryDiagnoser]
public class MetricsBenchmarks : IDisposable
{
    private readonly BrokerMetrics _metrics = new(1, "0", TimeProvider.System);
    private readonly RequestFrame _frame = new(new byte[100]);
    private readonly ConnectionContext _connection = new(1, "BENCH", clientEndPoint: null, CancellationToken.None);
    private readonly ProduceResponse _reply = new()
    {
        Responses = [new ProduceResponse.TopicProduceResponse { PartitionResponses = [new ProduceResponse.PartitionProduceResponse()] }],
    };

    private DecayingHistogram _histogram = null!;
    private TopicMetrics _topic = null!;
    private long _now;
    private long _value;

    [GlobalSetup]
    public void Setup()
    {
        _histogram = new DecayingHistogram(TimeProvider.System);
        _topic = _metrics.Topics.Of("t");
        _now = TimeProvider.System.GetTimestamp();
    }

    /// <summary>One value into a histogram.</summary>
    [Benchmark]
    public void Histogram() => _histogram.Record(_value++ & 0xFFFF, _now);

    /// <summary>One append, counted for its topic and for all.</summary>
    [Benchmark]
    public void Append() => _topic.Appended(new() { BaseOffset = 0, LastOffset = 9 }, 1000);

    /// <summary>What a fetch answers for one partition.</summary>
    [Benchmark]
    public void Fetch() => _topic.Fetched(ErrorCode.None, 1000, isConverted: false);

    /// <summary>The error codes of a reply.</summary>
    [Benchmark]
    public void Errors() => _reply.TallyErrors(_metrics.Requests.Of(ApiKey.Produce));

    /// <summary>A request through all its stages, with six looks at the clock.</summary>
    [Benchmark]
    public void Request()
    {
        var times = _metrics.Requests.Begin(ApiKey.Produce, 9, _frame, _connection);
        times.Answered(100);
        times.Taken();
        times.Sent();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _metrics.Dispose();
        _frame.Dispose();
        GC.SuppressFinalize(this);
    }
}
