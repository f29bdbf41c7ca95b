using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Benchmarks.Samples;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>
/// What a share group pays for a hundred records of one partition: a member takes them, accepts them, as one stretch or each for itself, and the keeper writes down
/// what became of them. The log commits at once; reading the records is not part of it.
/// </summary>
[MemoryDiagnoser]
public class ShareDeliveryBenchmarks
{
    private const int Records = 100;

    private readonly SharePartitionKey _key = new("g", new Uuid(1, 2), 0);
    private ShareStateKeeper _keeper = null!;
    private SharePartition _partition = null!;
    private long _nowMs;

    [GlobalSetup]
    public void Begin()
    {
        _keeper = new ShareStateKeeper(
            new ShareStateOptions { PartitionCount = 1 }, new Topics(), TimeProvider.System, NullLogger<ShareStateKeeper>.Instance, new InlineShards());
        _ = _keeper.LoadAsync(0, 1, new CommittingLog());
        var begun = _keeper.InitializeAsync(new InitializeShareGroupStateRequest
        {
            GroupId = _key.GroupId,
            Topics = [new() { TopicId = _key.TopicId, Partitions = [new() { Partition = 0, StateEpoch = 1, StartOffset = 0 }] }],
        }).AsTask().GetAwaiter().GetResult();
        Require(begun.Results[0].Partitions[0].ErrorCode);
        _partition = new SharePartition(new SharePartitionLimits(), 0, []);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public void OneAcknowledgementForAll()
    {
        var first = Acquire();
        Acknowledge(first, first + Records - 1);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public void OneAcknowledgementForEach()
    {
        var first = Acquire();
        for (var offset = first; offset < first + Records; offset++)
        {
            Acknowledge(offset, offset);
        }
    }

    private static void Require(ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            throw new InvalidOperationException($"The delivery met {error}.");
        }
    }

    private long Acquire()
    {
        var first = _partition.NextOffset ?? throw new InvalidOperationException("Nothing can be delivered.");
        _partition.Acquire(new AcquireRequest("m", Records, Records, AcquireMode.RecordLimit), first, [new OffsetRange(first, first + Records - 1)], _nowMs++);
        return first;
    }

    private void Acknowledge(long first, long last)
    {
        Require(_partition.Acknowledge("m", [new Acknowledgement(first, last, [(sbyte)AcknowledgeType.Accept])], _nowMs, out var change));
        var written = _keeper.WriteAsync(new WriteShareGroupStateRequest
        {
            GroupId = _key.GroupId,
            Topics =
            [
                new()
                {
                    TopicId = _key.TopicId,
                    Partitions =
                    [
                        new()
                        {
                            Partition = 0, StateEpoch = 1, StartOffset = change!.StartOffset, DeliveryCompleteCount = change.DeliveryCompleteCount,
                            StateBatches = [.. change.Batches.Select(static batch => new WriteShareGroupStateRequest.StateBatch
                            {
                                FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
                            })],
                        },
                    ],
                },
            ],
        }).AsTask().GetAwaiter().GetResult();
        Require(written.Results[0].Partitions[0].ErrorCode);
        _partition.Commit(change);
    }

    private sealed class Topics : IShareTopics
    {
        public bool Has(Uuid topicId, int partition) => true;
    }
}
