using System.Diagnostics;
using Spate.Client.Producing;

namespace Spate.Client.Load;

/// <summary>Sends records as fast as they are taken, and is told of each delivery.</summary>
internal sealed class ProduceLoad : ILoad
{
    private readonly LoadOptions _options;
    private readonly Payload _payload = new();
    private readonly KafkaClient _client;
    private readonly Producer _producer;
    private readonly Action<DeliveryReport> _onDelivered;
    private long _delivered;

    public ProduceLoad(LoadOptions options)
    {
        _options = options;
        _client = new KafkaClient(options.Servers);
        _producer = _client.CreateProducer(ProducerSettings.Of(options, TimeSpan.FromMilliseconds(options.LingerMs)));
        _onDelivered = OnDelivered;
    }

    public async Task<double> RunAsync(int records)
    {
        var (topic, bytes) = (_options.Topic, _options.RecordBytes);
        _delivered = 0;
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < records; number++)
        {
            var taken = _producer.PostAsync(new ProducerRecord<NoKey, ReadOnlyMemory<byte>>(topic, default, _payload.Of(number, bytes)), _onDelivered);
            if (!taken.IsCompletedSuccessfully)
            {
                await taken;
            }
        }

        await _producer.FlushAsync();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return _delivered == records ? seconds : throw new InvalidOperationException($"{_delivered} of {records} records were delivered.");
    }

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _client.DisposeAsync();
    }

    private void OnDelivered(DeliveryReport report)
    {
        if (report.Error is { } error)
        {
            throw error;
        }

        _delivered++;
    }
}
