using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Tests.Harness;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>A coordinator of one partition, the partitions that its transactions write to, and a clock that tests move; all on one thread.</summary>
internal sealed class TransactionBench : IDisposable
{
    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly Pump _pump = new();
    private long _nextProducerId = 1000;
    private int _epoch;

    public TransactionBench(Func<bool>? refuses = null, TransactionCoordinatorOptions? options = null)
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        Partitions = Enumerable.Range(0, 4).ToDictionary(index => new TopicPartition("t", index), _ => new ModelPartition());
        Coordinator = new TransactionCoordinator(
            (options ?? new TransactionCoordinatorOptions()) with { PartitionCount = 1 },
            new ModelMarkers(Partitions, refuses ?? (() => false)),
            _ => ValueTask.FromResult<long?>(_nextProducerId++),
            Time,
            Logger,
            new InlineScheduler());
        Load();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MemoryLog Log { get; } = new();

    public TransactionCoordinator Coordinator { get; }

    public IReadOnlyDictionary<TopicPartition, ModelPartition> Partitions { get; }

    public ILogger<TransactionCoordinator> Logger { get; } = NullLogger<TransactionCoordinator>.Instance;

    /// <summary>The coordinator dies, and another one takes over from what is in the log.</summary>
    public void Load()
    {
        _ = Coordinator.LoadAsync(0, ++_epoch, Log);
        Settle();
    }

    /// <summary>All that can happen without time passing happens.</summary>
    public void Settle() => _pump.Run();

    public void Pass(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(100))
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            Settle();
        }
    }

    /// <summary>The answer, if it is there without time passing.</summary>
    public TReply? Now<TReply>(ValueTask<TReply> reply)
        where TReply : class
    {
        var task = reply.AsTask();
        Settle();
        return task.IsCompleted ? task.GetAwaiter().GetResult() : null;
    }

    public Task<InitProducerIdResponse> Initialize(string id, long producerId = -1, short epoch = -1, int timeoutMs = 60_000) =>
        Coordinator.InitProducerIdAsync(
            new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = timeoutMs, ProducerId = producerId, ProducerEpoch = epoch }, default).AsTask();

    public Task<EndTxnResponse> End(TransactionOwner owner, bool commits, short version) => Coordinator.EndTransactionAsync(
        new EndTxnRequest { TransactionalId = owner.TransactionalId, ProducerId = owner.ProducerId, ProducerEpoch = owner.ProducerEpoch, Committed = commits },
        version,
        default).AsTask();

    public Task<ErrorCode> Add(TransactionOwner owner, int partition, short version) =>
        Coordinator.AddPartitionsAsync(owner, [new TopicPartition("t", partition)], version).AsTask();

    /// <summary>Completes what was asked, letting time pass if it must.</summary>
    public TReply Get<TReply>(Task<TReply> reply)
    {
        for (var attempt = 0; ; attempt++)
        {
            Settle();
            if (reply.IsCompleted)
            {
                return reply.GetAwaiter().GetResult();
            }

            Assert.True(attempt < 1000, "There is no answer.");
            Pass(0.1);
        }
    }

    /// <summary>All that the log tells, in words.</summary>
    public string Dump()
    {
        var reply = Coordinator.ReadAsync(0, Describe, error => error.ToString()).AsTask();
        Settle();
        return reply.GetAwaiter().GetResult();
    }

    public static string Describe(TransactionShard shard) => string.Join("\n", shard.Producers.OrderBy(producer => producer.TransactionalId, StringComparer.Ordinal).Select(producer =>
        $"{producer.TransactionalId} {producer.Logged with { Partitions = [] }} in {string.Join(",", producer.Logged.Partitions.Select(partition => partition.ToString()).Order(StringComparer.Ordinal))}"));

    public void Dispose()
    {
        var stop = Coordinator.StopMarkersAsync();
        Settle();
        SynchronizationContext.SetSynchronizationContext(_before);
        Assert.True(stop.IsCompleted, "Markers are being written after the end.");
    }
}
