using System.Diagnostics;
using Spate.Client.Producing;

namespace Spate.Client.Load;

/// <summary>Sends records as fast as they are taken, and is told of each delivery.</summary>
internal sealed class ProduceLoad : ILoad
{
    private const int RecordsAtOnce = 1000;

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
        _delivered = 0;
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < records;)
        {
            await Send(ref number, Math.Min(records, number + RecordsAtOnce));
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

    /// <summary>Sends records up to a number, or to the first that was not taken at once.</summary>
    private ValueTask Send(ref int number, int end)
    {
        var (topic, bytes) = (_options.Topic, _options.RecordBytes);
        while (number < end)
        {
            var taken = _producer.PostAsync(new ProducerRecord<NoKey, ReadOnlyMemory<byte>>(topic, default, _payload.Of(number++, bytes)), _onDelivered);
            if (!taken.IsCompletedSuccessfully)
            {
                return taken;
            }
        }

        return default;
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
