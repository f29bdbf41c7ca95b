using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Telemetry.Push;

/// <summary>
/// Pushes the client's metrics to a broker as often and as far as its operator has asked for (KIP-714). One loop, over connections that are open anyway: nothing is connected
/// to for this. It begins with the first connection, asks what is wanted, and ends with a last push.
/// </summary>
internal sealed class MetricsPush : IAsyncDisposable
{
    /// <summary>The wait after a failure before anything was heard of an interval.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    /// <summary>How long the last push may hold up the end of the client.</summary>
    private static readonly TimeSpan LastPushTime = TimeSpan.FromSeconds(1);

    private readonly ClientWatch _watch;
    private readonly KafkaClientOptions _options;
    private readonly Chance _chance;
    private readonly PushedMetrics _metrics;
    private readonly Dictionary<(string, string?), double> _pushed = [];
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Task _loop;
    private BrokerConnection? _connection;
    private PushSubscription? _subscription;
    private CompressionCodec? _refusedCodec;
    private DateTimeOffset _countedFrom;

    public MetricsPush(ClientWatch watch, KafkaClientOptions options, Chance chance)
    {
        _watch = watch;
        _options = options;
        _chance = chance;
        _metrics = new PushedMetrics(watch, options.TimeProvider);
        _countedFrom = options.TimeProvider.GetUtcNow();
        _loop = RunAsync();
    }

    /// <summary>Who the client is to the brokers; null until one of them has said.</summary>
    public Uuid? InstanceId { get; private set; }

    /// <summary>Ends the loop, with a last push where one is asked for. To be called while connections are still open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        if (_subscription is { IsEmpty: false } subscription && Connection() is { } connection)
        {
            using var late = new CancellationTokenSource(LastPushTime, _options.TimeProvider);
            try
            {
                await PushAsync(connection, subscription, isLast: true, late.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
            {
                _watch.PushLog.PushFailed(0, failure.Message);
            }
        }

        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await _watch.FirstConnection.WaitAsync(_lifetime.Token).ConfigureAwait(false);
            for (var wait = TimeSpan.Zero; wait != Timeout.InfiniteTimeSpan; wait = await StepAsync().ConfigureAwait(false))
            {
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _options.TimeProvider, _lifetime.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_lifetime.IsCancellationRequested)
        {
            // The client ends.
        }
    }

    /// <summary>Asks or pushes, and says when to come again.</summary>
    private async Task<TimeSpan> StepAsync()
    {
        var wait = _subscription?.Interval ?? DefaultWait;
        if (Connection() is not { } connection)
        {
            return wait;
        }

        try
        {
            return _subscription is { IsEmpty: false } subscription
                ? await PushAsync(connection, subscription, isLast: false, _lifetime.Token).ConfigureAwait(false)
                : await SubscribeAsync(connection).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            _watch.PushLog.PushFailed(wait.TotalMilliseconds, failure.Message);
            return wait;
        }
    }

    /// <summary>The same broker for as long as it can be reached, which then knows the client.</summary>
    private BrokerConnection? Connection()
    {
        if (_connection is not { IsOpen: true })
        {
            _connection = _watch.Connections.FirstOrDefault(static connection =>
                connection.NodeId is not null && connection.Versions.Offers(ApiKey.GetTelemetrySubscriptions) && connection.Versions.Offers(ApiKey.PushTelemetry));
        }

        return _connection;
    }

    private async Task<TimeSpan> SubscribeAsync(BrokerConnection connection)
    {
        var request = new GetTelemetrySubscriptionsRequest { ClientInstanceId = InstanceId ?? Uuid.Zero };
        using var reply = await connection.SendAsync(request, connection.Versions.Choose(ApiKey.GetTelemetrySubscriptions), _options.RequestTimeout, _lifetime.Token).ConfigureAwait(false);
        var throttle = TimeSpan.FromMilliseconds(reply.Message.ThrottleTimeMs);
        if (reply.Message.ErrorCode != ErrorCode.None)
        {
            return Max(throttle, AfterError(reply.Message.ErrorCode, ApiKey.GetTelemetrySubscriptions, connection));
        }

        var before = _subscription;
        var subscription = PushSubscription.Read(reply.Message, _refusedCodec);
        _subscription = subscription;
        InstanceId = subscription.InstanceId;
        _watch.Figures.IsWanted = !subscription.IsEmpty;
        if (subscription.IsEmpty)
        {
            return Max(throttle, subscription.Interval);
        }

        if (before?.Id != subscription.Id)
        {
            _watch.PushLog.Subscribed(connection.Broker, string.Join(", ", subscription.Metrics), subscription.Interval.TotalMilliseconds, subscription.InstanceId);
        }

        // The first push of all clients that a change reaches at once is spread over an interval's length.
        return Max(throttle, subscription.Interval * (0.5 + _chance.NextDouble()));
    }

    private async Task<TimeSpan> PushAsync(BrokerConnection connection, PushSubscription subscription, bool isLast, CancellationToken cancellationToken)
    {
        var now = _options.TimeProvider.GetUtcNow();
        var metrics = _metrics.Take().FindAll(metric => subscription.Wants(metric.Name));
        var told = subscription.IsDelta ? metrics.ConvertAll(SinceLastPush) : metrics;
        using var compressed = new PooledBuffer();
        var bytes = Pack(OtlpWriter.Write(told, _countedFrom, now, subscription.IsDelta), subscription.Codec, compressed);
        if (bytes.Length > subscription.BytesMax)
        {
            _watch.PushLog.PushTooLarge(bytes.Length, subscription.BytesMax, connection.Broker);
            return subscription.Interval;
        }

        var request = new PushTelemetryRequest
        {
            ClientInstanceId = subscription.InstanceId,
            SubscriptionId = subscription.Id,
            Terminating = isLast,
            CompressionType = (sbyte)subscription.Codec,
            Metrics = bytes,
        };
        using var reply = await connection.SendAsync(request, connection.Versions.Choose(ApiKey.PushTelemetry), _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        var throttle = TimeSpan.FromMilliseconds(reply.Message.ThrottleTimeMs);
        if (reply.Message.ErrorCode != ErrorCode.None)
        {
            return Max(throttle, AfterError(reply.Message.ErrorCode, ApiKey.PushTelemetry, connection));
        }

        _watch.PushLog.Pushed(metrics.Count, connection.Broker, bytes.Length);
        if (subscription.IsDelta)
        {
            _countedFrom = now;
            foreach (var metric in metrics.Where(static metric => metric.IsSum))
            {
                _pushed[(metric.Name, metric.Label?.Value)] = metric.Value;
            }
        }

        return Max(throttle, subscription.Interval);
    }

    /// <summary>What becomes of it when a broker says no: ask anew at once, come again later, or never.</summary>
    private TimeSpan AfterError(ErrorCode error, ApiKey api, BrokerConnection connection)
    {
        var interval = _subscription?.Interval ?? DefaultWait;
        var failure = BrokerFailure.Of(error, api, connection.Broker);
        switch (error)
        {
            case ErrorCode.UnknownSubscriptionId:
                _subscription = null;
                return TimeSpan.Zero;
            case ErrorCode.UnsupportedCompressionType:
                _refusedCodec = _subscription?.Codec;
                _subscription = null;
                return TimeSpan.Zero;
            case ErrorCode.InvalidRequest or ErrorCode.InvalidRecord or ErrorCode.UnsupportedVersion:
                _subscription = null;
                _watch.Figures.IsWanted = false;
                _watch.PushLog.PushEnded(failure.Message);
                return Timeout.InfiniteTimeSpan;
            default:
                _watch.PushLog.PushFailed(interval.TotalMilliseconds, failure.Message);
                return interval;
        }
    }

    private PushedMetric SinceLastPush(PushedMetric metric) =>
        metric.IsSum ? metric with { Value = metric.Value - _pushed.GetValueOrDefault((metric.Name, metric.Label?.Value)) } : metric;

    private static ReadOnlyMemory<byte> Pack(byte[] bytes, CompressionCodec codec, PooledBuffer compressed)
    {
        if (codec == CompressionCodec.None)
        {
            return bytes;
        }

        Compressor.Compress(codec, level: null, bytes, compressed);
        return compressed.Memory;
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => right == Timeout.InfiniteTimeSpan || right > left ? right : left;
}
