using Spate.Benchmarks.Samples;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>A Produce request for one topic: four partitions, a batch of 16 KiB (the default of <c>batch.size</c>) for each.</summary>
public class ProduceRequestBenchmarks : MessageBenchmarks<ProduceRequest>
{
    private const int Partitions = 4;
    private const int BatchBytes = 16 << 10;
    private const int RecordBytes = 1 << 10;

    public ProduceRequestBenchmarks()
        : base(Sample(), ProduceRequest.HighestVersion)
    {
    }

    private static ProduceRequest Sample()
    {
        var batch = SampleBatches.Create(BatchBytes, RecordBytes);
        return new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new()
                {
                    TopicId = new Uuid(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF),
                    PartitionData = [.. Enumerable.Range(0, Partitions).Select(index => new ProduceRequest.PartitionProduceData
                    {
                        Index = index,
                        Records = batch,
                    })],
                },
            ],
        };
    }
}
