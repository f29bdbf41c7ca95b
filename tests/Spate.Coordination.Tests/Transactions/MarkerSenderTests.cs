using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>Markers are written until they are there, whatever goes wrong, and by whoever it falls to.</summary>
public sealed class MarkerSenderTests : IDisposable
{
    private static readonly TopicPartition[] Partitions = [new("b", 0), new("a", 11), new("a", 2)];

    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly Pump _pump = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly Writer _writer = new();
    private readonly List<MarkerJob> _completed = [];
    private readonly MarkerSender _sender;

    public MarkerSenderTests()
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        _sender = new MarkerSender(_writer, job =>
        {
            _completed.Add(job);
            return ValueTask.FromResult(ErrorCode.None);
        }, _time, TimeSpan.FromMilliseconds(100), _logger);
    }

    public void Dispose()
    {
        var stop = _sender.DisposeAsync().AsTask();
        _writer.Release();
        _pump.Run();
        SynchronizationContext.SetSynchronizationContext(_before);
        Assert.True(stop.IsCompletedSuccessfully, "Markers are being written after the end.");
    }

    [Fact]
    public void What_nobody_has_foreseen_is_tried_again_after_longer_and_longer()
    {
        _writer.Failure = new InvalidOperationException("nobody has foreseen this");
        _sender.Send(Job(epoch: 1));
        _pump.Run();
        Assert.Single(_writer.Writes);

        Pass(199);
        Assert.Single(_writer.Writes);
        Pass(1);
        Assert.Equal(2, _writer.Writes.Count);
        Pass(399);
        Assert.Equal(2, _writer.Writes.Count);
        Pass(1);
        Assert.Equal(3, _writer.Writes.Count);
        Assert.Equal(3, _logger.AtLeast(LogLevel.Error).Count());
        Pass(1_000_000);
        Assert.InRange(_writer.Writes.Count, 150, 170);

        _writer.Failure = null;
        Pass(6_400);
        Assert.Single(_completed);
        Assert.Equal(0, _sender.Count);
    }

    [Fact]
    public void Partitions_are_told_in_order_and_only_those_that_have_not_heard()
    {
        _writer.Answer = partition => partition.Topic == "b" ? ErrorCode.NotLeaderOrFollower : ErrorCode.None;
        _sender.Send(Job(epoch: 1));
        _pump.Run();
        Assert.Equal("a-2 a-11 b-0", Assert.Single(_writer.Writes).Where);

        _writer.Answer = _ => ErrorCode.None;
        Pass(100);
        Assert.Equal("b-0", _writer.Writes[1].Where);
        Assert.Single(_completed);
    }

    [Fact]
    public void What_is_under_way_goes_on_when_the_shard_is_loaded_again_in_the_same_epoch()
    {
        _writer.Holds = true;
        var job = Job(epoch: 1);
        _sender.Send(job);
        _pump.Run();
        _sender.Resume([Job(epoch: 1)]);
        _pump.Run();
        Assert.Single(_writer.Writes);
        Assert.True(_sender.IsCurrent(job));
        _writer.Release();
        _pump.Run();
        Assert.Same(job, Assert.Single(_completed));
    }

    [Fact]
    public void What_the_log_says_is_done_is_not_held_against_what_comes_next()
    {
        _writer.Holds = true;
        var done = Job(epoch: 1);
        _sender.Send(done);
        _pump.Run();
        _sender.Resume([]);
        var next = Job(epoch: 1);
        _sender.Send(next);
        Assert.True(_sender.IsCurrent(next));
        _pump.Run();
        _writer.Release();
        _pump.Run();
        Assert.Same(next, Assert.Single(_completed));
    }

    /// <summary>Another coordinator has ended that transaction meanwhile, and this is the next one.</summary>
    [Fact]
    public void What_was_begun_before_the_leadership_went_and_came_back_ends_nothing_else()
    {
        _writer.Holds = true;
        _sender.Send(Job(epoch: 1));
        _pump.Run();
        var next = Job(epoch: 3) with { IsCommit = false };
        _sender.Resume([next]);
        _pump.Run();
        _writer.Answer = _ => ErrorCode.NotLeaderOrFollower;
        _writer.Release();
        _pump.Run();
        _writer.Holds = false;
        _writer.Answer = _ => ErrorCode.None;
        Pass(100);
        Assert.Equal([(1, true), (3, false), (3, false)], _writer.Writes.Select(write => (write.End.CoordinatorEpoch, write.End.IsCommit)));
        Assert.Same(next, Assert.Single(_completed));
    }

    private static MarkerJob Job(int epoch) => new("x", 7, 1, IsCommit: true, 2, epoch, [.. Partitions]);

    private void Pass(int milliseconds)
    {
        for (var left = milliseconds; left > 0;)
        {
            var step = Math.Min(left, milliseconds > 10_000 ? 100 : left);
            _time.Advance(TimeSpan.FromMilliseconds(step));
            _pump.Run();
            left -= step;
        }
    }

    private sealed class Writer : IMarkerWriter
    {
        private TaskCompletionSource _gate = new();

        public List<(TransactionEnd End, string Where)> Writes { get; } = [];

        public Exception? Failure { get; set; }

        public Func<TopicPartition, ErrorCode> Answer { get; set; } = _ => ErrorCode.None;

        public bool Holds { get; set; }

        public void Release()
        {
            _gate.SetResult();
            _gate = new TaskCompletionSource();
        }

        public async ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        {
            Writes.Add((end, string.Join(' ', partitions)));
            if (Holds)
            {
                await _gate.Task;
            }

            return Failure is { } failure ? throw failure : [.. partitions.Select(partition => (partition, Answer(partition)))];
        }
    }
}
