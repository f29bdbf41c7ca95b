using Microsoft.Extensions.Time.Testing;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Metadata.Tests.Control;

namespace Spate.Metadata.Tests.Log;

public sealed class SnapshotTakerTests
{
    private readonly MemoryMetadataLog _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<Exception> _failures = [];
    private SnapshotSettings _settings = new() { RecordBytesMax = 100, Interval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Follow_FewerBytes_TakesNoneAndAsManyTakesOne()
    {
        await using var taker = New();
        taker.Found(50);
        taker.Follow(At(1), 49);
        await taker.WhenIdle;
        Assert.Equal(0, _log.SnapshotCount);

        taker.Follow(At(2), 1);
        await taker.WhenIdle;
        Assert.Equal((1, 2L), (_log.SnapshotCount, _log.Snapshot!.Position.EndOffset));

        taker.Follow(At(3), 99);
        await taker.WhenIdle;
        Assert.Equal(1, _log.SnapshotCount);
    }

    [Fact]
    public async Task Follow_AfterTheInterval_TakesOne()
    {
        await using var taker = New();
        _clock.Advance(TimeSpan.FromMinutes(59));
        taker.Follow(At(1), 1);
        await taker.WhenIdle;
        Assert.Equal(0, _log.SnapshotCount);

        _clock.Advance(TimeSpan.FromMinutes(1));
        taker.Follow(At(2), 1);
        await taker.WhenIdle;
        Assert.Equal(1, _log.SnapshotCount);
    }

    [Fact]
    public async Task Follow_WithoutAnInterval_LeavesItToTheBytes()
    {
        _settings = _settings with { Interval = TimeSpan.Zero };
        await using var taker = New();
        _clock.Advance(TimeSpan.FromDays(100));
        taker.Follow(At(1), 99);
        await taker.WhenIdle;
        Assert.Equal(0, _log.SnapshotCount);
    }

    [Fact]
    public async Task Follow_WhileOneIsWritten_TakesNoneBeside()
    {
        using var gate = new ManualResetEventSlim();
        _log.OnSnapshot = () => Assert.True(gate.Wait(TimeSpan.FromSeconds(60)));
        await using var taker = New();
        taker.Follow(At(1), 100);
        taker.Follow(At(2), 100);
        gate.Set();
        await taker.WhenIdle;
        Assert.Equal((1, 1L), (_log.SnapshotCount, _log.Snapshot!.Position.EndOffset));

        // What came meanwhile still counts.
        taker.Follow(At(3), 0);
        await taker.WhenIdle;
        Assert.Equal((2, 3L), (_log.SnapshotCount, _log.Snapshot!.Position.EndOffset));
    }

    [Fact]
    public async Task Follow_WriteThatFails_IsToldAndTheNextIsTriedWhenItIsDue()
    {
        await using var taker = New();
        _log.OnSnapshot = static () => throw new IOException("The disk is full.");
        taker.Follow(At(1), 100);
        await taker.WhenIdle;
        Assert.IsType<IOException>(Assert.Single(_failures));

        _log.OnSnapshot = static () => { };
        taker.Follow(At(2), 1);
        await taker.WhenIdle;
        Assert.Equal(0, _log.SnapshotCount);
        taker.Follow(At(3), 99);
        await taker.WhenIdle;
        Assert.Equal(1, _log.SnapshotCount);
    }

    [Fact]
    public async Task DisposeAsync_WaitsForTheOneBeingWrittenAndTakesNoMore()
    {
        using var gate = new ManualResetEventSlim();
        _log.OnSnapshot = () => Assert.True(gate.Wait(TimeSpan.FromSeconds(60)));
        var taker = New();
        taker.Follow(At(1), 100);
        var end = taker.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        gate.Set();
        await end;
        Assert.Equal(1, _log.SnapshotCount);

        taker.Follow(At(2), 100);
        await taker.WhenIdle;
        Assert.Equal(1, _log.SnapshotCount);
    }

    private static ClusterImage At(long offset) => ClusterImage.Empty.At(new MetadataPosition(offset, 1));

    private SnapshotTaker New() => new(_log, () => _settings, _clock, _failures.Add);
}
