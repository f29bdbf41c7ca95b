using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// Turns requests into decisions, one at a time: decide against the newest image, commit the records, apply them, have the node obey the
/// new image, and only then let the reply leave. Safe for use by several threads at once; <see cref="Image"/> may be read at any time.
/// </summary>
public sealed class Controller : IDisposable
{
    private readonly IMetadataLog _log;
    private readonly IDecisionWatcher? _watcher;
    private readonly TopicCreation _creation;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Func<ClusterDelta, CancellationToken, ValueTask> _obey = static (_, _) => ValueTask.CompletedTask;
    private volatile ClusterImage _image = ClusterImage.Empty;

    /// <param name="log">Where decisions are committed.</param>
    /// <param name="settings">What goes where a request leaves something open.</param>
    /// <param name="random">Where topic ids and first replicas come from. Used by one thread at a time.</param>
    /// <param name="watcher">Told of every request, for figures.</param>
    public Controller(IMetadataLog log, ControllerSettings settings, Random random, IDecisionWatcher? watcher = null)
    {
        _watcher = watcher;
        _log = log;
        _creation = new TopicCreation(settings, random);
    }

    /// <summary>What has been decided and obeyed.</summary>
    public ClusterImage Image => _image;

    /// <summary>Applies all that the log holds. Called once, before anything is asked.</summary>
    public void Load()
    {
        var image = ClusterImage.Empty;
        foreach (var value in _log.ReadCommitted())
        {
            image = image.Apply(MetadataRecordCodec.Decode(value));
        }

        _image = image;
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
    /// <param name="decide">Pure: decides on an image. Called once, by one thread at a time.</param>
    /// <param name="cancellation">Ends the wait for a turn; a decision that has been committed is obeyed whatever becomes of its caller.</param>
    /// <exception cref="IOException">The decision could not be made to last; nothing is decided.</exception>
    public async ValueTask<TReply> DecideAsync<TReply>(Func<ClusterImage, Decision<TReply>> decide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(decide);
        var began = await TakeTurnAsync(cancellation);
        var succeeded = false;
        try
        {
            var decision = decide(_image);
            if (decision.Records.Count > 0)
            {
                var delta = ClusterDelta.Of(_image, decision.Records);

                // From here on the caller's losing patience changes nothing: what is committed must also be obeyed.
                await _log.AppendAsync([.. decision.Records.Select(record => (ReadOnlyMemory<byte>)MetadataRecordCodec.Encode(record))], CancellationToken.None);
                try
                {
                    await _obey(delta, CancellationToken.None);
                }
                finally
                {
                    // Committed is decided, even where this node failed to obey; it tries again when it starts anew.
                    _image = delta.After;
                }
            }

            succeeded = true;
            return decision.Reply;
        }
        finally
        {
            _watcher?.Ended(began, succeeded);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<long> TakeTurnAsync(CancellationToken cancellation)
    {
        var asked = _watcher?.Asked() ?? 0;
        try
        {
            await _turn.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _watcher?.GaveUp();
            throw;
        }

        return _watcher?.Began(asked) ?? 0;
    }
}
