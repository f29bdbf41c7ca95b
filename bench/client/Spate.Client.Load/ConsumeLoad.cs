using System.Diagnostics;
using Spate.Client.Consuming;

namespace Spate.Client.Load;

/// <summary>Reads all partitions of the topic from their beginning.</summary>
internal sealed class ConsumeLoad : ILoad
{
    private readonly LoadOptions _options;
    private readonly KafkaClient _client;
    private readonly Consumer _consumer;

    public ConsumeLoad(LoadOptions options)
    {
        _options = options;
        _client = new KafkaClient(options.Servers);
        _consumer = _client.CreateConsumer(new ConsumerOptions { PrefetchBytes = options.BufferKib * 1024L, FetchMaxWait = TimeSpan.FromMilliseconds(options.FetchWaitMs) });
    }

    public async Task<double> RunAsync(int records)
    {
        var start = Stopwatch.GetTimestamp();
        await _consumer.AssignTopicAsync(_options.Topic, StartPosition.Beginning);
        var (read, bytes) = await (_options.By switch
        {
            "record" => ReadByRecordAsync(records),
            "batch" => ReadByBatchAsync(records),
            _ => ReadRawAsync(records),
        });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return bytes == read * _options.RecordBytes ? seconds : throw new InvalidOperationException($"{read} records of {bytes} bytes were read.");
    }

    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync();
        await _client.DisposeAsync();
    }

    private async Task<(long Records, long Bytes)> ReadByRecordAsync(int wanted)
    {
        var (records, bytes) = (0L, 0L);
        await foreach (var record in _consumer.ConsumeAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>())
        {
            bytes += record.Value.Length;
            if (++records == wanted)
            {
                break;
            }
        }

        return (records, bytes);
    }

    private async Task<(long Records, long Bytes)> ReadRawAsync(int wanted)
    {
        var (records, bytes) = (0L, 0L);
        await foreach (var batch in _consumer.ConsumeRawAsync())
        {
            foreach (var record in batch)
            {
                bytes += record.Value.Span.Length;
                records++;
            }

            if (records >= wanted)
            {
                break;
            }
        }

        return (records, bytes);
    }

    private async Task<(long Records, long Bytes)> ReadByBatchAsync(int wanted)
    {
        var (records, bytes) = (0L, 0L);
        await foreach (var batch in _consumer.ConsumeBatchesAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>())
        {
            foreach (var record in batch.Records)
            {
                bytes += record.Value.Length;
            }

            records += batch.Records.Count;
            if (records >= wanted)
            {
                break;
            }
        }

        return (records, bytes);
    }
}
