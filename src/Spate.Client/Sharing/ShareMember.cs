using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Consuming.Groups;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Sharing;

/// <summary>
/// A member of a share group (KIP-932): heartbeats say what it subscribes to, and are told which partitions it reads. Nothing is given up in turns, since members may share partitions. One loop runs it.
/// </summary>
internal sealed class ShareMember : IAsyncDisposable
{
    private const int JoinEpoch = 0;
    private const int LeaveEpoch = -1;

    private readonly Cluster _cluster;
    private readonly ShareConsumerOptions _options;
    private readonly ShareFetcher _fetcher;
    private readonly string _memberId;
    private readonly CoordinatorCalls _coordinator;
    private readonly TopicNames _names;
    private readonly MissingTopics _missing;
    private readonly WakeSignal _wake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Task _loop;
    private volatile IReadOnlyList<string> _topics;
    private volatile bool _isResting;
    private List<(Uuid TopicId, List<int> Partitions)>? _unreached;
    private int _epoch = JoinEpoch;

    /// <summary>A heartbeat went out by which the group may have taken this member in, whatever became of the answer.</summary>
    private bool _mayBeIn;

    public ShareMember(Cluster cluster, ShareConsumerOptions options, ShareFetcher fetcher, string memberId, IReadOnlyList<string> topics)
    {
        _cluster = cluster;
        _options = options;
        _fetcher = fetcher;
        _memberId = memberId;
        _topics = topics;
        _coordinator = new CoordinatorCalls(cluster, options.GroupId);
        _names = new TopicNames(_coordinator);
        _missing = new MissingTopics(cluster, options.GroupId, fetcher.Ledger.Tell);
        _wake = new WakeSignal(cluster.Clock);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Subscribes to these topics instead of those before.</summary>
    public void Subscribe(IReadOnlyList<string> topics)
    {
        _topics = topics;
        _wake.Set();
    }

    /// <summary>An enumeration begins: a group that would not have this member is asked again.</summary>
    public void Ask()
    {
        if (_isResting)
        {
            _wake.Set();
        }
    }

    /// <summary>Leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _loop.ConfigureAwait(false);
        if (_mayBeIn)
        {
            await LeaveAsync().ConfigureAwait(false);
        }

        await _coordinator.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        IReadOnlyList<string>? told = null;
        var failures = 0;
        var silentSince = _cluster.Clock.GetTimestamp();
        while (!_lifetime.IsCancellationRequested)
        {
            var topics = _topics;
            LookFor(topics);
            try
            {
                var interval = await BeatAsync(ReferenceEquals(told, topics) ? null : topics).ConfigureAwait(false);
                (told, failures, silentSince) = (topics, 0, _cluster.Clock.GetTimestamp());
                await _wake.WaitAsync(interval).ConfigureAwait(false);
            }
            catch (KafkaException failure) when (failure.ErrorCode is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId)
            {
                // Put out, and welcome to come again.
                (told, _epoch, _unreached) = (null, JoinEpoch, null);
                _fetcher.Assign([]);
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                // Whether it was heard is not known: everything is said again.
                told = null;
                failures++;
                if (_cluster.Clock.GetElapsedTime(silentSince) >= _cluster.Options.ApiTimeout)
                {
                    silentSince = _cluster.Clock.GetTimestamp();
                    _fetcher.Ledger.Tell(new KafkaTimeoutException(
                        $"Heartbeats of share group '{_options.GroupId}' could not be done for {_cluster.Options.ApiTimeout.TotalMilliseconds} ms; it is still tried. {failure.Message}", failure));
                }

                await _wake.WaitAsync(_cluster.Options.NewRetryBackoff().After(failures, _cluster.Chance)).ConfigureAwait(false);
            }
            catch (KafkaException failure)
            {
                // What will not pass by itself: the enumeration says it, and the group is tried again when another one begins or the subscription changes.
                (told, _epoch, _unreached) = (null, JoinEpoch, null);
                _fetcher.Assign([]);
                _isResting = true;
                _fetcher.Ledger.Tell(failure);
                await RestAsync(++failures).ConfigureAwait(false);
                _isResting = false;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits until somebody wants the group to be asked again, and no less than the backoff: an enumeration may be begun again at once, whatever is said.</summary>
    private async Task RestAsync(int failures)
    {
        var began = _cluster.Clock.GetTimestamp();
        var backoff = _cluster.Options.NewRetryBackoff().After(failures, _cluster.Chance);
        await _wake.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        while (!_lifetime.IsCancellationRequested && backoff - _cluster.Clock.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
        {
            await _wake.WaitAsync(rest).ConfigureAwait(false);
        }
    }

    /// <summary>The broker knows the partitions; the topics are looked for only to say which of them cannot be had.</summary>
    private void LookFor(IReadOnlyList<string> topics)
    {
        foreach (var topic in topics)
        {
            _cluster.Metadata.Watch(topic, mayCreate: false);
            if (!_cluster.Metadata.Current.Topics.ContainsKey(topic))
            {
                _cluster.Metadata.Invalidate();
            }
        }

        _missing.Look(topics);
    }

    /// <summary>One heartbeat.</summary>
    /// <param name="topics">What to say of the subscription; null for nothing, when it has been said.</param>
    /// <returns>When the next one is due.</returns>
    private async Task<TimeSpan> BeatAsync(IReadOnlyList<string>? topics)
    {
        using var reply = await _coordinator.AskAsMemberAsync<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(
            _ =>
            {
                _mayBeIn = true;
                return new ShareGroupHeartbeatRequest
                {
                    GroupId = _options.GroupId,
                    MemberId = _memberId,
                    MemberEpoch = _epoch,
                    RackId = _epoch == JoinEpoch ? _options.ClientRack : null,
                    SubscribedTopicNames = topics?.ToList(),
                };
            },
            _cluster.Options.RequestTimeout,
            _lifetime.Token).ConfigureAwait(false);
        var answer = reply.Message;
        _mayBeIn = answer.ErrorCode == ErrorCode.None || ErrorCatalog.IsRetriable(answer.ErrorCode);
        _coordinator.Require(answer.ErrorCode, ApiKey.ShareGroupHeartbeat, partition: null, answer.ErrorMessage);
        _epoch = answer.MemberEpoch;
        _unreached = answer.Assignment is { } assignment ? [.. assignment.TopicPartitions.Select(static topic => (topic.TopicId, topic.Partitions))] : _unreached;
        if (_unreached is { } wanted)
        {
            var partitions = await _names.ResolveAsync(wanted, _lifetime.Token).ConfigureAwait(false);
            _fetcher.Assign(partitions);

            // Whose name nobody knew, such as one of a topic that is being created, is looked up again with the next heartbeat: the group does not say it twice.
            _unreached = partitions.Count == wanted.Sum(static topic => topic.Partitions.Count) ? null : wanted;
        }

        return TimeSpan.FromMilliseconds(Math.Max(1, answer.HeartbeatIntervalMs));
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(_cluster.Options.RequestTimeout, _cluster.Clock);
        try
        {
            // Behind a heartbeat that may be under way still, and not past it.
            using var reply = await _coordinator.AskAsMemberAsync<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(
                _ => new ShareGroupHeartbeatRequest { GroupId = _options.GroupId, MemberId = _memberId, MemberEpoch = LeaveEpoch },
                _cluster.Options.RequestTimeout,
                patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
        {
            // The group finds out by itself when the session times out.
            _cluster.Watch.ConsumerLog.LeaveFailed(_options.GroupId, failure.Message);
        }
    }
}
