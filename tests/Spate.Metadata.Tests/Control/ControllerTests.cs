using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;

namespace Spate.Metadata.Tests.Control;

public sealed class ControllerTests : IDisposable
{
    private readonly MemoryMetadataLog _log = new();
    private readonly Controller _controller;

    public ControllerTests() => _controller = New();

    public void Dispose() => _controller.Dispose();

    [Fact]
    public async Task Decision_is_committed_then_obeyed_then_answered()
    {
        var steps = new List<string>();
        _controller.ObeyWith((delta, _) =>
        {
            steps.Add($"obey {delta.Before.TopicsByName.Count} to {delta.After.TopicsByName.Count} with {_log.Count} committed, {_controller.Image.TopicsByName.Count} seen");
            return ValueTask.CompletedTask;
        });

        var reply = await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default);

        Assert.Equal(ErrorCode.None, reply.Topics[0].ErrorCode);
        Assert.Equal(["obey 0 to 1 with 2 committed, 0 seen"], steps);
        Assert.True(_controller.Image.TryGetTopic("a", out _));
    }

    [Fact]
    public async Task Decision_that_changes_nothing_is_neither_written_nor_obeyed()
    {
        _controller.ObeyWith((_, _) => throw new InvalidOperationException("There was nothing to obey."));

        var reply = await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a b")), default);

        Assert.Equal(ErrorCode.InvalidTopic, reply.Topics[0].ErrorCode);
        Assert.Equal(0, _log.Count);
    }

    [Fact]
    public async Task Decisions_are_taken_one_at_a_time_each_against_the_one_before()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _log.Gate = gate.Task;
        var first = _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default).AsTask();
        var second = _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        gate.SetResult();

        Assert.Equal(ErrorCode.None, (await first).Topics[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicAlreadyExists, (await second).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Log_that_fails_leaves_the_image_as_it_was_and_the_next_decision_is_taken()
    {
        _log.Failure = new IOException("The disk is gone.");
        await Assert.ThrowsAsync<IOException>(async () => await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default));
        Assert.Same(ClusterImage.Empty, _controller.Image);

        _log.Failure = null;
        var reply = await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default);

        Assert.Equal(ErrorCode.None, reply.Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Node_that_fails_to_obey_does_not_undo_what_was_committed()
    {
        _controller.ObeyWith((_, _) => throw new InvalidDataException("Cannot."));

        await Assert.ThrowsAsync<InvalidDataException>(async () => await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default));

        Assert.True(_controller.Image.TryGetTopic("a", out _));
        using var restarted = New();
        restarted.Load();
        Assert.True(restarted.Image.TryGetTopic("a", out _));
    }

    [Fact]
    public async Task Caller_who_gives_up_while_waiting_for_a_turn_decides_nothing()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _log.Gate = gate.Task;
        var first = _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), default).AsTask();
        using var impatience = new CancellationTokenSource();
        var second = _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("b")), impatience.Token).AsTask();

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetResult();
        await first;

        Assert.Equal(["a"], _controller.Image.TopicsByName.Keys);
    }

    [Fact]
    public async Task Caller_who_gives_up_after_the_commit_changes_nothing()
    {
        using var impatience = new CancellationTokenSource();
        _controller.ObeyWith(async (_, cancellation) =>
        {
            await impatience.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        });

        await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a")), impatience.Token);

        Assert.True(_controller.Image.TryGetTopic("a", out _));
    }

    private Controller New() => new(_log, Topics.Settings(), new Random(5));
}
