using Spate.Benchmarks.Samples;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>A Fetch response for one topic: four partitions, a batch of 64 KiB from each.</summary>
public class FetchResponseBenchmarks : MessageBenchmarks<FetchResponse>
{
    private const int Partitions = 4;
    private const int BatchBytes = 64 << 10;
    private const int RecordBytes = 1 << 10;

    public FetchResponseBenchmarks()
        : base(Sample(), FetchResponse.HighestVersion)
    {
    }

    private static FetchResponse Sample()
    {
        var batch = SampleBatches.Create(BatchBytes, RecordBytes);
        return new FetchResponse
        {
            SessionId = 1_234_567,
            Responses =
            [
                new()
                {
                    TopicId = new Uuid(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF),
                    Partitions = [.. Enumerable.Range(0, Partitions).Select(index => new FetchResponse.PartitionData
                    {
                        PartitionIndex = index,
                        HighWatermark = 1_000_000,
                        LastStableOffset = 1_000_000,
                        LogStartOffset = 0,
                        Records = batch,
                    })],
                },
            ],
        };
    }
}
