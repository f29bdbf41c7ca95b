using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Benchmarks.Samples;
using Spate.Coordination;
using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>
/// What the coordinator of transactions pays for one transaction of version 2, from the first partition to the answer of EndTxn with all markers written: three
/// records, and the way of the markers over the thread pool. The log commits at once, and partitions take their markers at once.
/// </summary>
[MemoryDiagnoser]
public class TransactionBenchmarks
{
    private TransactionCoordinator _coordinator = null!;
    private TransactionOwner _owner;
    private TransactionOwner _open;
    private TopicPartition[] _partitions = [];

    [Params(1, 10)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public async Task Begin()
    {
        _partitions = [.. Enumerable.Range(0, Partitions).Select(static index => new TopicPartition("t", index))];
        var next = 1000L;
        _coordinator = new TransactionCoordinator(
            new TransactionCoordinatorOptions { PartitionCount = 1 },
            new Markers(),
            _ => ValueTask.FromResult<long?>(next++),
            TimeProvider.System,
            NullLogger<TransactionCoordinator>.Instance);
        await _coordinator.LoadAsync(0, 1, new CommittingLog());
        _owner = await OwnAsync("x");
        _open = await OwnAsync("y");
        Require(await _coordinator.AddPartitionsAsync(_open, _partitions, 2));
    }

    /// <summary>Partitions are enrolled one after the other, as first batches come in.</summary>
    [Benchmark]
    public async Task Transaction()
    {
        foreach (var partition in _partitions)
        {
            Require(await _coordinator.AddPartitionsAsync(_owner, [partition], 2));
        }

        var ended = await _coordinator.EndTransactionAsync(
            new EndTxnRequest { TransactionalId = "x", ProducerId = _owner.ProducerId, ProducerEpoch = _owner.ProducerEpoch, Committed = true }, 5, default);
        Require(ended.ErrorCode);
        _owner = new TransactionOwner("x", ended.ProducerId, ended.ProducerEpoch);
    }

    /// <summary>Whether partitions are part of a transaction that is open: one look of the shard, without a record.</summary>
    [Benchmark]
    public async Task Verification()
    {
        foreach (var error in await _coordinator.VerifyPartitionsAsync(_open, _partitions))
        {
            Require(error);
        }
    }

    [GlobalCleanup]
    public async Task End() => await _coordinator.StopMarkersAsync();

    private async Task<TransactionOwner> OwnAsync(string transactionalId)
    {
        var given = await _coordinator.InitProducerIdAsync(new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = 60_000 }, default);
        return new TransactionOwner(transactionalId, given.ProducerId, given.ProducerEpoch);
    }

    private static void Require(ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            throw new InvalidOperationException($"The transaction met {error}.");
        }
    }

    private sealed class Markers : IMarkerWriter
    {
        public ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<(TopicPartition, ErrorCode)>>([.. partitions.Select(static partition => (partition, ErrorCode.None))]);
    }
}
