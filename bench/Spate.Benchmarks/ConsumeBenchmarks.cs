using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Client;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Consuming.Groups;
using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Benchmarks;

/// <summary>
/// What a consumer does with a fetched batch of a megabyte until the last of its records is handed out, without a socket: the checksum is part of it. Divide by the number of records (about
/// 9,300 of 100 bytes, 990 of 1 KiB); <see cref="Raw"/> is what the bytes cost at least.
/// </summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls End.")]
public class ConsumeBenchmarks
{
    private const int BatchBytes = 1_000_000;

    private readonly CancellationTokenSource _end = new();
    private Cluster _cluster = null!;
    private ConsumerWatch _watch = null!;
    private PartitionCursor _cursor = null!;
    private ReaderSeat _seat = null!;
    private byte[] _batch = [];
    private bool _isFetched;

    [Params(100, 1024)]
    public int RecordBytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _batch = SampleBatches.Create(BatchBytes, RecordBytes);
        _cluster = new Cluster(new KafkaClientOptions { BootstrapServers = "127.0.0.1:1", EnableMetricsPush = false });
        var prefetch = new Prefetch(_cluster, new ConsumerOptions(), new WakeSignal(TimeProvider.System), new WakeSignal(TimeProvider.System));
        _watch = new ConsumerWatch(_cluster, prefetch, null);
        _seat = new ReaderSeat(_cluster, new ConsumerOptions(), _watch, prefetch, new Floor(), Poll, static () => { });
    }

    [GlobalCleanup]
    public async Task End()
    {
        _watch.Dispose();
        await _cluster.DisposeAsync();
        _end.Dispose();
    }

    [Benchmark]
    public async Task<long> ByRecord()
    {
        var bytes = 0L;
        Begin();
        try
        {
            await foreach (var record in new RecordStream<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(_seat, _end.Token))
            {
                bytes += record.Value.Length;
            }
        }
        catch (EndOfStreamException)
        {
            // There was one batch.
        }

        return bytes;
    }

    [Benchmark]
    public async Task<long> ByRecordAsArrays()
    {
        var bytes = 0L;
        Begin();
        try
        {
            await foreach (var record in new RecordStream<NoKey, byte[]>(_seat, _end.Token))
            {
                bytes += record.Value!.Length;
            }
        }
        catch (EndOfStreamException)
        {
            // There was one batch.
        }

        return bytes;
    }

    [Benchmark]
    public async Task<long> ByBatch()
    {
        var bytes = 0L;
        Begin();
        try
        {
            await foreach (var batch in new BatchEnumeration<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(_seat).RunAsync(_end.Token))
            {
                foreach (var record in batch.Records)
                {
                    bytes += record.Value.Length;
                }
            }
        }
        catch (EndOfStreamException)
        {
            // There was one batch.
        }

        return bytes;
    }

    [Benchmark(Baseline = true)]
    public async Task<long> Raw()
    {
        var bytes = 0L;
        Begin();
        try
        {
            await foreach (var batch in new RawEnumeration(_seat).RunAsync(_end.Token))
            {
                foreach (var record in batch)
                {
                    bytes += record.Value.Span.Length;
                }
            }
        }
        catch (EndOfStreamException)
        {
            // There was one batch.
        }

        return bytes;
    }

    private void Begin()
    {
        _cursor = new PartitionCursor(new TopicPartition("events", 0), start: null);
        _isFetched = false;
    }

    private ValueTask<FetchedChunk> Poll(CancellationToken cancellationToken)
    {
        if (_isFetched)
        {
            throw new EndOfStreamException();
        }

        _isFetched = true;
        return new ValueTask<FetchedChunk>(new FetchedChunk(_cursor, _cursor.Generation, 0, _batch, [], new FetchedFrame(Stream.Null)));
    }
}
