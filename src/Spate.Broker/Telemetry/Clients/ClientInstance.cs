using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>What is known of one client that asks for subscriptions or pushes. Under the lock of <see cref="ClientTelemetry"/>.</summary>
internal sealed class ClientInstance(Uuid id, TelemetryClient client)
{
    // Never yet, so that the first request finds any interval over.
    private const long Never = long.MinValue / 2;

    private long _gotAtMs = Never;
    private long _pushedAtMs = Never;

    public Uuid Id { get; } = id;

    public TelemetryClient Client { get; } = client;

    /// <summary>What it is asked for.</summary>
    public TelemetryDemand Demand { get; set; } = new(0, [], TelemetrySubscription.DefaultIntervalMs);

    /// <summary>The settings that <see cref="Demand"/> was made of.</summary>
    public ConfigsImage? Configs { get; set; }

    /// <summary>How its last request ended.</summary>
    public ErrorCode LastError { get; set; }

    /// <summary>Whether it has said that it ends; nothing more is taken from it.</summary>
    public bool IsTerminating { get; set; }

    /// <summary>When it was last heard of, in milliseconds.</summary>
    public long SeenAtMs { get; set; }

    /// <summary>The latest values that it pushed.</summary>
    public Dictionary<TelemetryKey, TelemetryValue> Values { get; } = [];

    /// <summary>Whether it may ask for its subscription: its interval is over since it asked or pushed last.</summary>
    public bool TryGet(long nowMs)
    {
        if (nowMs - Math.Max(_gotAtMs, _pushedAtMs) < Demand.IntervalMs)
        {
            return false;
        }

        _gotAtMs = nowMs;
        return true;
    }

    /// <summary>The client asked again before its time, as it was told to do.</summary>
    public void GotAgain(long nowMs) => _gotAtMs = nowMs;

    /// <summary>Whether it may push: it has asked for its subscription since its last push, or its interval is over.</summary>
    public bool TryPush(long nowMs)
    {
        if (_gotAtMs <= _pushedAtMs && nowMs - _pushedAtMs < Demand.IntervalMs)
        {
            return false;
        }

        _pushedAtMs = nowMs;
        return true;
    }
}
