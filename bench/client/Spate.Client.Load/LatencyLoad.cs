using System.Diagnostics;
using System.Globalization;
using Spate.Client.Producing;

namespace Spate.Client.Load;

/// <summary>One record at a time: each is sent when the one before it has been delivered.</summary>
internal sealed class LatencyLoad : ILoad
{
    private readonly LoadOptions _options;
    private readonly Payload _payload = new();
    private readonly KafkaClient _client;
    private readonly Producer _producer;

    public LatencyLoad(LoadOptions options)
    {
        _options = options;
        _client = new KafkaClient(options.Servers);
        _producer = _client.CreateProducer(ProducerSettings.Of(options, TimeSpan.Zero));
    }

    public async Task<double> RunAsync(int records)
    {
        var (topic, bytes) = (_options.Topic, _options.RecordBytes);
        var microseconds = new double[records];
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < records; number++)
        {
            var before = Stopwatch.GetTimestamp();
            await _producer.ProduceAsync(new ProducerRecord<NoKey, ReadOnlyMemory<byte>>(topic, default, _payload.Of(number, bytes)));
            microseconds[number] = Stopwatch.GetElapsedTime(before).TotalMicroseconds;
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(microseconds);
        var (median, slow) = (microseconds[microseconds.Length / 2], microseconds[microseconds.Length * 99L / 100]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"latency p50_us={median:F1} p99_us={slow:F1}"));
        return seconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _client.DisposeAsync();
    }
}
