using Spate.Client.Connections;
using Spate.Client.Metadata;
using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// Asks the leaders of a member's partitions for records when the enumeration waits for some, and tells them what became of those before, with the same request or, when none is due, by itself. One request
/// is under way to each leader at a time. One loop decides; what it shares with callers is in the <see cref="ShareLedger"/>.
/// </summary>
internal sealed class ShareFetcher : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ShareConsumerOptions _options;
    private readonly WakeSignal _wake;
    private readonly WakeSignal _arrival;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly CancellationTokenSource _asks = new();
    private readonly List<Task> _asking = [];
    private readonly Dictionary<string, TopicInterest> _interests = new(StringComparer.Ordinal);
    private readonly ShareExchange _exchange;
    private readonly int _lane;
    private readonly Task _loop;
    private volatile IReadOnlyCollection<TopicPartition> _assigned = [];
    private long _due;

    public ShareFetcher(Cluster cluster, ShareConsumerOptions options, ShareWatch watch, string memberId)
    {
        _cluster = cluster;
        _options = options;
        _wake = new WakeSignal(cluster.Clock);
        _arrival = new WakeSignal(cluster.Clock);
        _lane = cluster.Brokers.NewLane();
        Ledger = new ShareLedger(cluster, options, watch, _wake, _arrival);
        _exchange = new ShareExchange(cluster, options, Ledger, watch, memberId, _lane);
        _loop = Task.Run(RunAsync);
    }

    public ShareLedger Ledger { get; }

    /// <summary>What the group has given this member.</summary>
    public IReadOnlyCollection<TopicPartition> Assigned => _assigned;

    /// <summary>The group has given this member these partitions, and no others.</summary>
    public void Assign(IReadOnlyCollection<TopicPartition> partitions)
    {
        _assigned = partitions;
        _wake.Set();
    }

    /// <summary>What has come next, once there is any. One caller at a time.</summary>
    /// <exception cref="KafkaException">Something has to be told; others go on with the next call.</exception>
    public async ValueTask<ShareChunk> NextAsync(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static state => ((WakeSignal)state!).Set(), _arrival);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(ShareConsumer));
                if (Ledger.Take() is { } chunk)
                {
                    return chunk;
                }

                if (_cluster.IsDisposed)
                {
                    throw Cluster.Ended();
                }

                await _arrival.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            }
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says what is to be said, closes the sessions, which releases all that is held, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        _arrival.Set();
        await _loop.ConfigureAwait(false);

        // A request under way is waited for, since it carries acknowledgements; one for records takes no longer than MaxWait where all is well.
        var asking = Task.WhenAll(_asking);
        using var patience = new CancellationTokenSource(_cluster.Options.RequestTimeout, _cluster.Clock);
        var giveUp = patience.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _asks);
        try
        {
            await asking.ConfigureAwait(false);
            await Task.WhenAll(Ledger.Nodes.Values.Select(node => _exchange.CloseAsync(node, patience.Token))).ConfigureAwait(false);
        }
        finally
        {
            await giveUp.DisposeAsync().ConfigureAwait(false);
        }

        await _cluster.Brokers.CloseLaneAsync(_lane).ConfigureAwait(false);
        Ledger.Clear();
        _asks.Dispose();
        _wake.Dispose();
        _arrival.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_lifetime.IsCancellationRequested)
        {
            _asking.RemoveAll(static task => task.IsCompletedSuccessfully);
            Step(_cluster.Clock.GetTimestamp());
            var wait = _cluster.Clock.GetElapsedTime(_cluster.Clock.GetTimestamp(), _due);
            await _wake.WaitAsync(_due == long.MaxValue ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        }
    }

    private void Step(long now)
    {
        _due = long.MaxValue;
        lock (Ledger.Gate)
        {
            var wanted = Wanted(now);
            foreach (var id in wanted.Keys.Where(id => !Ledger.Nodes.ContainsKey(id)))
            {
                Ledger.Nodes.Add(id, new ShareNode(id));
            }

            foreach (var node in Ledger.Nodes.Values.Where(static node => !node.IsBusy))
            {
                Ask(node, wanted.GetValueOrDefault(node.Id), now);
            }
        }
    }

    private void Ask(ShareNode node, Dictionary<TopicPartition, Uuid>? wanted, long now)
    {
        if (node.RetryAt > now)
        {
            Due(node.RetryAt);
        }
        else if (node.Renewals.Count > 0)
        {
            Begin(node, _exchange.RenewAsync);
        }
        else if (Ledger.IsAsking && wanted is not null)
        {
            Begin(node, (asked, token) => _exchange.FetchAsync(asked, wanted, token));
        }
        else if (node.Pending.Count > 0)
        {
            var due = node.PendingSince + Ticks(_options.AcknowledgeLinger);
            if (node.IsFlushing || due <= now)
            {
                Begin(node, _exchange.AcknowledgeAsync);
            }
            else
            {
                Due(due);
            }
        }
    }

    private void Begin(ShareNode node, Func<ShareNode, CancellationToken, Task> ask)
    {
        node.IsBusy = true;
        _asking.Add(AskAsync(node, ask));
    }

    private async Task AskAsync(ShareNode node, Func<ShareNode, CancellationToken, Task> ask)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await ask(node, _asks.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (Ledger.Gate)
            {
                node.IsBusy = false;
            }

            _wake.Set();
            if (_cluster.IsDisposed)
            {
                _arrival.Set();
            }
        }
    }

    /// <summary>The partitions of this member by their leaders, as far as these are known, without those that are left alone for a while. Under the gate.</summary>
    private Dictionary<int, Dictionary<TopicPartition, Uuid>> Wanted(long now)
    {
        var wanted = new Dictionary<int, Dictionary<TopicPartition, Uuid>>();
        var cluster = _cluster.Metadata.Current;
        foreach (var name in _assigned)
        {
            if (!_interests.TryGetValue(name.Topic, out var interest))
            {
                _interests.Add(name.Topic, interest = _cluster.Metadata.Watch(name.Topic, mayCreate: false));
            }

            interest.Touch();
            if (Ledger.Rests.Until(name) is var until && until > now)
            {
                Due(until);
                continue;
            }

            if (cluster.Find(name) is not { HasLeader: true } partition || cluster.Topics[name.Topic].Id.IsZero)
            {
                _cluster.Metadata.Invalidate();
                Due(now + Ticks(_cluster.Options.RetryBackoff));
                continue;
            }

            if (!wanted.TryGetValue(partition.Leader, out var partitions))
            {
                wanted.Add(partition.Leader, partitions = []);
            }

            partitions[name] = cluster.Topics[name.Topic].Id;
        }

        return wanted;
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _cluster.Clock.TimestampFrequency);

    private void Due(long timestamp) => _due = Math.Min(_due, timestamp);
}
