using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// Turns requests into decisions, one after the other: decide against the newest image, commit the records, apply them, have the node obey the
/// new image, and only then let the reply leave. One loop does all of it. What comes while it writes to the log waits, and is decided and
/// committed together when it comes round, so that many decisions share one flush. Safe for use by several threads at once;
/// <see cref="Image"/> may be read at any time.
/// </summary>
/// <remarks>What waits for its turn is bounded by the requests under way, whose memory has a budget.</remarks>
public sealed class Controller : IDisposable
{
    /// <summary>The most decisions that share one flush, so that the first of them does not wait for ever for the last.</summary>
    private const int GroupMax = 1_000;

    private readonly IMetadataLog _log;
    private readonly SnapshotTaker? _snapshots;
    private readonly DecisionWriter _writer;
    private readonly IDecisionWatcher? _watcher;
    private readonly TopicCreation _creation;
    private readonly Lock _gate = new();
    private readonly Queue<PendingDecision> _waiting = [];
    private bool _isRunning;
    private bool _isDisposed;
    private Func<ClusterDelta, CancellationToken, ValueTask> _obey = static (_, _) => ValueTask.CompletedTask;
    private volatile ClusterImage _image = ClusterImage.Empty;

    /// <param name="log">Where decisions are committed.</param>
    /// <param name="settings">What goes where a request leaves something open.</param>
    /// <param name="random">Where topic ids and first replicas come from. Used by one thread at a time.</param>
    /// <param name="snapshots">Told of what is decided; null takes no snapshots.</param>
    /// <param name="watcher">Told of every request, for figures.</param>
    public Controller(IMetadataLog log, ControllerSettings settings, Random random, SnapshotTaker? snapshots = null, IDecisionWatcher? watcher = null)
    {
        _watcher = watcher;
        _log = log;
        _snapshots = snapshots;
        _writer = new DecisionWriter(log);
        _creation = new TopicCreation(settings, random);
    }

    /// <summary>What has been decided and obeyed.</summary>
    public ClusterImage Image => _image;

    /// <summary>Applies the newest snapshot and all that the log holds behind it. Called once, before anything is asked.</summary>
    /// <exception cref="InvalidDataException">Something in it cannot be applied; the message says what and where.</exception>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public void Load()
    {
        var replay = new MetadataReplay(_log.LatestSnapshot() is { } snapshot ? MetadataReplay.Load(snapshot) : ClusterImage.Empty);
        foreach (var batch in _log.ReadCommitted(replay.Position.EndOffset))
        {
            replay.Apply(batch);
            _snapshots?.Found(batch.Size);
        }

        _writer.IsInTransaction = replay.IsInTransaction;
        _image = replay.Image.At(replay.Position);
    }

    /// <summary>
    /// Names what a node does when the image changes, before the reply leaves. Called once, before anything is asked.
    /// </summary>
    public void ObeyWith(Func<ClusterDelta, CancellationToken, ValueTask> obey) => _obey = obey;

    public ValueTask<CreateTopicsResponse> CreateTopicsAsync(CreateTopicsRequest request, CancellationToken cancellation) =>
        DecideAsync(image => _creation.Decide(image, request), cancellation);

    public ValueTask<DeleteTopicsResponse> DeleteTopicsAsync(DeleteTopicsRequest request, CancellationToken cancellation) =>
        DecideAsync(image => TopicDeletion.Decide(image, request), cancellation);

    /// <summary>
    /// Takes a decision in its turn: nobody else decides between the look at the image and the commit of what is decided on it.
    /// </summary>
    /// <param name="decide">
    /// Pure: decides on an image, whose <see cref="ClusterImage.Position"/> is where its first record will be. Called once, by one thread at a time.
    /// </param>
    /// <param name="cancellation">Ends the wait for a turn; a decision that has been committed is obeyed whatever becomes of its caller.</param>
    /// <exception cref="IOException">The decision could not be made to last; nothing is decided.</exception>
    public async ValueTask<TReply> DecideAsync<TReply>(Func<ClusterImage, Decision<TReply>> decide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(decide);
        cancellation.ThrowIfCancellationRequested();
        var pending = new PendingDecision<TReply>(decide, _watcher);
        if (Enqueue(pending))
        {
            // The loop is its own: whoever happens to start it does not wait until it has nothing to do.
            _ = RunAsync();
        }

        await using var registration = cancellation.UnsafeRegister(static (state, token) => ((PendingDecision<TReply>)state!).GiveUp(token), pending);
        return await pending.Replied;
    }

    /// <summary>Takes no more decisions. Those under way fail when their log is closed, or are committed before.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }
    }

    /// <returns>True when nobody runs the loop, and the caller must.</returns>
    private bool Enqueue(PendingDecision pending)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _waiting.Enqueue(pending);
            var mustRun = !_isRunning;
            _isRunning = true;
            return mustRun;
        }
    }

    private List<PendingDecision> TakeWaiting()
    {
        var taken = new List<PendingDecision>();
        lock (_gate)
        {
            while (taken.Count < GroupMax && _waiting.TryDequeue(out var pending))
            {
                if (pending.TryBegin())
                {
                    taken.Add(pending);
                }
            }

            _isRunning = taken.Count > 0;
            return taken;
        }
    }

    /// <summary>Decides until nothing waits. Never throws: whatever happens is told to those whose decisions it happened to.</summary>
    private async Task RunAsync()
    {
        for (var taken = TakeWaiting(); taken.Count > 0; taken = TakeWaiting())
        {
            if (_writer.IsInTransaction && await TryAbortAsync() is { } failure)
            {
                taken.ForEach(pending => pending.Fail(failure));
                continue;
            }

            await DecideAsync(taken);
        }
    }

    private async Task DecideAsync(List<PendingDecision> taken)
    {
        var group = new DecisionGroup(_image);
        foreach (var pending in taken)
        {
            try
            {
                var records = pending.Decide(group.Delta.After);
                var values = group.Encode(records);
                if (group.Bytes > 0 && group.Bytes + DecisionGroup.SizeOf(values) > _log.BatchBytesMax)
                {
                    if (await TryCommitAsync(group) is { } failure)
                    {
                        // What this one rests on was not decided.
                        pending.Fail(failure);
                        group = new DecisionGroup(_image);
                        continue;
                    }

                    group = new DecisionGroup(_image);
                }

                group.Add(pending, records, values);
            }
            catch (Exception failure)
            {
                pending.Fail(failure);
            }
        }

        await TryCommitAsync(group);
    }

    /// <returns>Why nothing came of it, or null; the members have been told.</returns>
    private async Task<Exception?> TryCommitAsync(DecisionGroup group)
    {
        try
        {
            if (group.Values.Count > 0)
            {
                await CommitAsync(group);
            }
        }
        catch (Exception failure)
        {
            group.Fail(failure);
            return failure;
        }

        group.Answer();
        return null;
    }

    private async Task CommitAsync(DecisionGroup group)
    {
        // From here on a caller's losing patience changes nothing: what is committed must also be obeyed.
        var delta = group.Delta.At(await _writer.WriteAsync(group.Values, group.Bytes));
        try
        {
            await _obey(delta, CancellationToken.None);
        }
        finally
        {
            // Committed is decided, even where this node failed to obey; it tries again when it starts anew.
            _image = delta.After;
            _snapshots?.Follow(delta.After, group.Bytes);
        }
    }

    private async Task<Exception?> TryAbortAsync()
    {
        try
        {
            _image = _image.At(await _writer.AbortAsync());
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
