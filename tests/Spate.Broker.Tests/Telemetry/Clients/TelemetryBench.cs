using Spate.Broker.Telemetry;
using Spate.Broker.Telemetry.Clients;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Telemetry.Clients;

/// <summary>The telemetry of clients without a broker around it, by a time that only the test moves.</summary>
internal sealed class TelemetryBench
{
    private ClusterImage _image = ClusterImage.Empty;

    public TelemetryBench(int bytesMax = 1 << 20, int instancesMax = 16384, int valuesMax = 65536, int valuesOfClientMax = 2048) =>
        Telemetry = new ClientTelemetry(new ClientTelemetryOptions
        {
            Configs = () => _image.Configs,
            BytesMax = () => bytesMax,
            Random = new Random(20_261_123),
            OnFault = (subscription, _) => Faults.Add(subscription),
            InstancesMax = instancesMax,
            ValuesMax = valuesMax,
            ValuesOfClientMax = valuesOfClientMax,
        });

    public ClientTelemetry Telemetry { get; }

    public List<string> Faults { get; } = [];

    public long NowMs { get; set; } = 1_000_000;

    public TelemetryClient Client { get; set; } = new("c-1", new ClientSoftware("lib", "1.2"), "10.0.0.7", 4711);

    public void Set(string subscription, string name, string? value) => _image = _image.Apply(new ConfigRecord
    {
        ResourceType = ConfigResourceType.ClientMetrics,
        ResourceName = subscription,
        Name = name,
        Value = value,
    });

    public GetTelemetrySubscriptionsResponse Get(Uuid id = default) =>
        Telemetry.Subscribe(new GetTelemetrySubscriptionsRequest { ClientInstanceId = id }, Client, NowMs);

    public ErrorCode Push(GetTelemetrySubscriptionsResponse asked, byte[] metrics, CompressionCodec codec = CompressionCodec.None, bool isLast = false) =>
        Push(asked.ClientInstanceId, asked.SubscriptionId, metrics, (sbyte)codec, isLast);

    public ErrorCode Push(Uuid id, int subscription, byte[] metrics, sbyte codec = 0, bool isLast = false) => Telemetry.Push(
        new PushTelemetryRequest { ClientInstanceId = id, SubscriptionId = subscription, CompressionType = codec, Metrics = metrics, Terminating = isLast },
        Client,
        NowMs).ErrorCode;
}
