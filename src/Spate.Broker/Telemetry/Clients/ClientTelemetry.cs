using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>
/// The telemetry of clients (KIP-714): which client is asked for which metrics, whether a push is to be taken, and the latest values. It is a
/// state machine without clock or network: requests and the time come in, replies go out. Nothing of it survives a restart; a client that is
/// not known asks anew. Safe for use by several threads at once.
/// </summary>
public sealed class ClientTelemetry
{
    // Kafka keeps this id and zero for itself, and no client may go by them.
    private static readonly Uuid One = new(0, 1);

    // In the order in which clients are to prefer them.
    private static readonly CompressionCodec[] Codecs = [CompressionCodec.Zstd, CompressionCodec.Lz4, CompressionCodec.Gzip, CompressionCodec.Snappy];

    private readonly ClientTelemetryOptions _options;
    private readonly Lock _lock = new();
    private readonly ClientInstances _instances;
    private readonly ClientValues _values;
    private readonly List<sbyte> _accepted = [.. Codecs.Where(Compressor.IsAvailable).Select(codec => (sbyte)codec)];
    private ConfigsImage? _configs;
    private IReadOnlyList<TelemetrySubscription> _subscriptions = [];

    public ClientTelemetry(ClientTelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _values = new ClientValues(options.ValuesMax, options.ValuesOfClientMax);
        _instances = new ClientInstances(options.InstancesMax) { OnForgotten = _values.Forget };
    }

    /// <summary>What clients did, in numbers.</summary>
    public ClientTelemetryFigures Figures { get; } = new();

    /// <summary>Clients that are remembered.</summary>
    public int InstanceCount
    {
        get
        {
            lock (_lock)
            {
                return _instances.Count;
            }
        }
    }

    /// <summary>Values that are kept.</summary>
    public int ValueCount
    {
        get
        {
            lock (_lock)
            {
                return _values.Count;
            }
        }
    }

    /// <summary>The latest values of all clients that pushed any.</summary>
    public IReadOnlyList<TelemetryReading> Read()
    {
        lock (_lock)
        {
            return
            [
                .. _instances.All
                    .Where(instance => instance.Values.Count > 0)
                    .Select(instance => new TelemetryReading(instance.Id, instance.Client, new Dictionary<TelemetryKey, TelemetryValue>(instance.Values))),
            ];
        }
    }

    /// <summary>GetTelemetrySubscriptions: what the client is asked for. A client without an id is given one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="nowMs">Now, in milliseconds of any clock that does not go back.</param>
    public GetTelemetrySubscriptionsResponse Subscribe(GetTelemetrySubscriptionsRequest request, TelemetryClient client, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(client);
        lock (_lock)
        {
            var instance = Find(IsReserved(request.ClientInstanceId) ? NewId() : request.ClientInstanceId, client, nowMs);
            if (!instance.TryGet(nowMs))
            {
                // Told that what it pushed or how is not asked for any more, it asks at once, as it should.
                if (instance.LastError is not (ErrorCode.UnknownSubscriptionId or ErrorCode.UnsupportedCompressionType))
                {
                    Figures.Throttled();
                    return new GetTelemetrySubscriptionsResponse { ErrorCode = ErrorCode.ThrottlingQuotaExceeded };
                }

                instance.GotAgain(nowMs);
            }

            instance.LastError = ErrorCode.None;
            return new GetTelemetrySubscriptionsResponse
            {
                ClientInstanceId = instance.Id,
                SubscriptionId = instance.Demand.SubscriptionId,
                AcceptedCompressionTypes = [.. _accepted],
                PushIntervalMs = instance.Demand.IntervalMs,
                TelemetryMaxBytes = _options.BytesMax(),
                DeltaTemporality = true,
                RequestedMetrics = [.. instance.Demand.Metrics],
            };
        }
    }

    /// <summary>PushTelemetry: takes values in, unless they come too often, too many, of something that is not asked for, or from a client that ended.</summary>
    /// <param name="request">The request. Its bytes are read before this returns.</param>
    /// <param name="client">Who pushes.</param>
    /// <param name="nowMs">Now, in milliseconds of any clock that does not go back.</param>
    public PushTelemetryResponse Push(PushTelemetryRequest request, TelemetryClient client, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(client);
        if (IsReserved(request.ClientInstanceId))
        {
            return new PushTelemetryResponse { ErrorCode = ErrorCode.InvalidRequest };
        }

        Figures.Pushed();
        ClientInstance instance;
        lock (_lock)
        {
            instance = Find(request.ClientInstanceId, client, nowMs);
            var refusal = Check(instance, request, nowMs);
            instance.IsTerminating = request.Terminating;
            instance.LastError = refusal;
            if (refusal != ErrorCode.None)
            {
                return new PushTelemetryResponse { ErrorCode = refusal };
            }
        }

        // Outside the lock: this may take a while, and concerns nobody else.
        var error = TelemetryPayload.TryRead((CompressionCodec)request.CompressionType, request.Metrics.Span, _options.BytesMax(), out var payload);
        lock (_lock)
        {
            instance.LastError = error;
            if (error == ErrorCode.None && _instances.Contains(instance.Id))
            {
                Figures.Taken(payload.Points.Count, payload.Dropped + _values.Take(instance, payload.Points));
            }
        }

        if (error != ErrorCode.None)
        {
            Figures.Unreadable();
        }

        return new PushTelemetryResponse { ErrorCode = error };
    }

    private static bool IsReserved(Uuid id) => id.IsZero || id == One;

    private ErrorCode Check(ClientInstance instance, PushTelemetryRequest request, long nowMs)
    {
        if (instance.IsTerminating)
        {
            return ErrorCode.InvalidRequest;
        }

        // The last push of a client that ends comes when it comes.
        if (!instance.TryPush(nowMs) && !request.Terminating)
        {
            Figures.Throttled();
            return ErrorCode.ThrottlingQuotaExceeded;
        }

        if (request.SubscriptionId != instance.Demand.SubscriptionId)
        {
            Figures.UnknownSubscription();
            return ErrorCode.UnknownSubscriptionId;
        }

        return request.CompressionType != (sbyte)CompressionCodec.None && !_accepted.Contains(request.CompressionType) ? ErrorCode.UnsupportedCompressionType
            : request.Metrics.Length > _options.BytesMax() ? ErrorCode.TelemetryTooLarge
            : ErrorCode.None;
    }

    private Uuid NewId()
    {
        var id = Uuid.NewRandom(_options.Random);
        while (_instances.Contains(id))
        {
            id = Uuid.NewRandom(_options.Random);
        }

        return id;
    }

    /// <summary>A client, new or known, with what it is asked for by the settings of now.</summary>
    private ClientInstance Find(Uuid id, TelemetryClient client, long nowMs)
    {
        _instances.Expire(nowMs);
        if (!_instances.TryGet(id, nowMs, out var instance))
        {
            instance = new ClientInstance(id, client);
            _instances.Add(instance, nowMs);
        }

        var configs = _options.Configs();
        if (!ReferenceEquals(configs, _configs))
        {
            _configs = configs;
            _subscriptions = TelemetrySubscription.ReadAll(configs, _options.OnFault);
        }

        if (!ReferenceEquals(configs, instance.Configs))
        {
            instance.Configs = configs;
            instance.Demand = TelemetryDemand.Of(_subscriptions, instance.Client, id);
        }

        return instance;
    }
}
