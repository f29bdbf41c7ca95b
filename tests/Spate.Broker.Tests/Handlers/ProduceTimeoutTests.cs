using System.Net;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Handlers;
using Spate.Broker.Network;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Broker.Tests.Partitions;
using Spate.Broker.Tests.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;
using Spate.Storage;

namespace Spate.Broker.Tests.Handlers;

/// <summary>A producer that waits for the disk is answered by the time that it gives.</summary>
public sealed class ProduceTimeoutTests : IDisposable
{
    private readonly HeldScheduler _flushes = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TestPartitions _partitions;
    private readonly ProduceHandler _handler;

    public ProduceTimeoutTests()
    {
        _partitions = new TestPartitions { FlushScheduler = _flushes, Config = new LogConfig { FlushMessages = 1 } };
        var table = new PartitionTable();
        table.Add(_partitions.New(new Uuid(1, 2), 0, 0));
        table.Add(_partitions.New(new Uuid(1, 2), 1, 0));
        _handler = new ProduceHandler(table, Admissions.Of(table, _time), _time);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_flush_that_takes_too_long_is_answered_with_the_error_and_the_records_stay(short acks)
    {
        var reply = Produce(acks, timeoutMs: 1000);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(reply.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(ErrorCode.RequestTimedOut, -1), (ErrorCode.RequestTimedOut, -1)], await AnswersAsync(reply));

        // The next is the second record, and the disk has recovered.
        reply = Produce(acks, timeoutMs: 1000);
        _flushes.RunAll();
        Assert.Equal([(ErrorCode.None, 1), (ErrorCode.None, 1)], await AnswersAsync(reply));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Without_a_time_the_disk_is_waited_for(int timeoutMs)
    {
        var reply = Produce(-1, timeoutMs);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(reply.IsCompleted);
        _flushes.RunAll();
        Assert.Equal([(ErrorCode.None, 0), (ErrorCode.None, 0)], await AnswersAsync(reply));
    }

    public void Dispose()
    {
        _flushes.RunAll();
        _partitions.Dispose();
    }

    private static async Task<List<(ErrorCode Error, long Offset)>> AnswersAsync(Task<IMessage?> reply) =>
        [.. ((ProduceResponse)(await reply.OrTimeout("the reply"))!).Responses[0].PartitionResponses.Select(answer => (answer.ErrorCode, answer.BaseOffset))];

    private static byte[] Body(IMessage request)
    {
        using var writer = new MessageWriter();
        request.Write(writer, 9);
        return writer.ToArray();
    }

    private Task<IMessage?> Produce(short acks, int timeoutMs)
    {
        var request = Ask.Produce("t", 0, Batches.Of("a"), acks);
        request.TimeoutMs = timeoutMs;
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = Batches.Of("b") });
        var connection = new ConnectionContext(1, "TEST", new IPEndPoint(IPAddress.Loopback, 1), default);
        return ((IRequestHandler)_handler).HandleAsync(Body(request), new RequestContext(connection, 9, "a-test"), default).AsTask();
    }

    /// <summary>Runs what is scheduled when the test says so, on the test's thread.</summary>
    private sealed class HeldScheduler : TaskScheduler
    {
        private readonly Queue<Task> _tasks = new();

        public void RunAll()
        {
            while (true)
            {
                Task? task;
                lock (_tasks)
                {
                    if (!_tasks.TryDequeue(out task))
                    {
                        return;
                    }
                }

                TryExecuteTask(task);
            }
        }

        protected override IEnumerable<Task> GetScheduledTasks() => [.. _tasks];

        protected override void QueueTask(Task task)
        {
            lock (_tasks)
            {
                _tasks.Enqueue(task);
            }
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
