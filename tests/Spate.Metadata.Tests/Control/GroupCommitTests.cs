using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

/// <summary>Decisions that wait share one batch; one that is too large for a batch is a transaction.</summary>
public sealed class GroupCommitTests : IDisposable
{
    private readonly MemoryMetadataLog _log = new();
    private readonly Controller _controller;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommitTests() => _controller = New();

    public void Dispose() => _controller.Dispose();

    [Fact]
    public async Task Decisions_that_wait_are_committed_and_obeyed_together_and_answered_each()
    {
        var obeyed = new List<int>();
        _controller.ObeyWith((delta, _) =>
        {
            obeyed.Add(delta.CreatedTopics.Count());
            return ValueTask.CompletedTask;
        });
        var first = Begin("a");
        var others = new[] { Begin("b"), Begin("c"), Begin("b"), Begin("d") };
        _gate.SetResult();

        Assert.Equal(ErrorCode.None, await first);
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.TopicAlreadyExists, ErrorCode.None], await Task.WhenAll(others));
        Assert.Equal([2, 6], _log.Batches.Select(batch => batch.Values.Count));
        Assert.Equal([1, 3], obeyed);
        Assert.Equal(new MetadataPosition(8, 1), _controller.Image.Position);
        Assert.Equal(Described(_controller.Image), Described(Replayed()));
    }

    [Fact]
    public async Task Decision_is_told_where_its_first_record_will_be()
    {
        var first = Begin("a");
        var offsets = Enumerable.Range(0, 3).Select(_ => _controller.DecideAsync(
            image => new Decision<long>([new NoOpRecord(), new NoOpRecord()], image.Position.EndOffset), default).AsTask()).ToList();
        _gate.SetResult();
        await first;

        var told = await Task.WhenAll(offsets);
        Assert.Equal([2L, 4L, 6L], told);
    }

    [Fact]
    public async Task Decision_that_breaks_fails_alone()
    {
        var first = Begin("a");
        var broken = _controller.DecideAsync<int>(_ => throw new NotSupportedException("Broken."), default).AsTask();
        var nonsense = _controller.DecideAsync(_ => new Decision<int>([new TopicRecord { Name = "z", TopicId = new Uuid(1, 1) }, new RemoveTopicRecord { TopicId = new Uuid(2, 2) }], 0), default).AsTask();
        var sound = Begin("b");
        _gate.SetResult();

        await Assert.ThrowsAsync<NotSupportedException>(() => broken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => nonsense);
        Assert.Equal((ErrorCode.None, ErrorCode.None), (await first, await sound));
        Assert.Equal(["a", "b"], _controller.Image.TopicsByName.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Described(_controller.Image), Described(Replayed()));
    }

    [Fact]
    public async Task Log_that_fails_fails_all_that_share_the_batch_and_nothing_is_decided()
    {
        var first = Begin("a");
        var second = Begin("b");
        var third = Begin("a");
        _log.Failure = new IOException("The disk is gone.");
        _gate.SetResult();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<IOException>(() => third);
        Assert.Same(ClusterImage.Empty, _controller.Image);

        _log.Failure = null;
        Assert.Equal(ErrorCode.None, await Begin("a"));
        Assert.Equal(Described(_controller.Image), Described(Replayed()));
    }

    [Fact]
    public async Task Group_that_outgrows_a_batch_goes_on_in_the_next()
    {
        _log.BatchBytesMax = 160;
        var first = Begin("a");
        var others = Enumerable.Range(0, 9).Select(number => Begin($"b{number}")).ToList();
        _gate.SetResult();
        await first;
        await Task.WhenAll(others);

        Assert.Equal(10, _controller.Image.TopicsByName.Count);
        Assert.True(_log.Batches.Count > 2);
        Assert.All(_log.Batches, batch => Assert.InRange(batch.Size, 1, 160));
        Assert.Equal(Described(_controller.Image), Described(Replayed()));
    }

    [Fact]
    public async Task Decision_that_outgrows_a_batch_is_a_transaction()
    {
        _log.BatchBytesMax = 500;
        _gate.SetResult();
        await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a", 50)), default);

        Assert.True(_log.Batches.Count > 3);
        Assert.IsType<BeginTransactionRecord>(MetadataRecordCodec.Decode(_log.Batches[0].Values[0]));
        Assert.IsType<EndTransactionRecord>(MetadataRecordCodec.Decode(_log.Batches[^1].Values[^1]));
        Assert.Equal(50, _controller.Image.TopicsByName["a"].Partitions.Length);
        Assert.Equal(53, _controller.Image.Position.EndOffset);
        Assert.Equal(Described(_controller.Image), Described(Replayed()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transaction_that_is_cut_off_decides_nothing_and_is_aborted_before_the_next_decision(bool restarts)
    {
        _log.BatchBytesMax = 500;
        _gate.SetResult();
        _log.OnAppend = count => count == 2 ? throw new IOException("The disk is full.") : 0;
        await Assert.ThrowsAsync<IOException>(async () => await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic("a", 50)), default));
        Assert.Empty(_controller.Image.TopicsByName);
        Assert.NotEmpty(_log.Batches);

        _log.OnAppend = static _ => 0;
        using var controller = restarts ? Replaying() : null;
        var after = controller ?? _controller;
        Assert.Empty(after.Image.TopicsByName);
        var offset = await after.DecideAsync(image => new Decision<long>([new TopicRecord { Name = "b", TopicId = new Uuid(1, 1) }], image.Position.EndOffset), default);

        Assert.Equal(["b"], after.Image.TopicsByName.Keys);
        Assert.Equal(offset, _log.Batches[^1].BaseOffset);
        Assert.IsType<AbortTransactionRecord>(MetadataRecordCodec.Decode(_log.Batches[^2].Values[^1]));
        Assert.Equal(Described(after.Image), Described(Replayed()));
    }

    [Fact]
    public async Task Decision_after_the_end_is_refused()
    {
        _gate.SetResult();
        _controller.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Begin("a"));
    }

    private static string Described(ClusterImage image) =>
        $"{image.Position.EndOffset} {string.Join('\n', image.ToRecords().Select(record => Convert.ToHexString(MetadataRecordCodec.Encode(record))))}";

    private Task<ErrorCode> Begin(string topic)
    {
        _log.Gate = _gate.Task;
        return AskAsync();

        async Task<ErrorCode> AskAsync() => (await _controller.CreateTopicsAsync(Topics.Create(Topics.Topic(topic)), default)).Topics[0].ErrorCode;
    }

    private ClusterImage Replayed()
    {
        using var controller = Replaying();
        return controller.Image;
    }

    private Controller Replaying()
    {
        var controller = New();
        controller.Load();
        return controller;
    }

    private Controller New() => new(_log, Topics.Settings(), new Random(5));
}
