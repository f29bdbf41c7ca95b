using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Telemetry.Clients;

/// <summary>The telemetry of clients over a socket, in the one version that there is.</summary>
public sealed class TelemetryHandlersTests
{
    [Fact]
    public async Task A_client_asks_pushes_and_ends()
    {
        await using var broker = await TestBroker.StartAsync("telemetry.max.bytes=5000");
        using var client = await broker.ConnectAsync();
        var offered = await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "lib", ClientSoftwareVersion = "3" }, 3);
        Assert.Contains(offered.ApiKeys, api => api is { ApiKey: (short)ApiKey.GetTelemetrySubscriptions, MinVersion: 0, MaxVersion: 0 });
        Assert.Contains(offered.ApiKeys, api => api is { ApiKey: (short)ApiKey.PushTelemetry, MinVersion: 0, MaxVersion: 0 });

        var asked = await client.AskAsync(new GetTelemetrySubscriptionsRequest(), 0);
        Assert.Equal((ErrorCode.None, 5000, 0), (asked.ErrorCode, asked.TelemetryMaxBytes, asked.ThrottleTimeMs));
        var push = new PushTelemetryRequest
        {
            ClientInstanceId = asked.ClientInstanceId,
            SubscriptionId = asked.SubscriptionId,
            Metrics = Otlp.Metrics(Otlp.Gauge("g", 5)),
        };
        Assert.Equal(ErrorCode.None, (await client.AskAsync(push, 0)).ErrorCode);
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, (await client.AskAsync(push, 0)).ErrorCode);
        broker.Clock.Advance(TimeSpan.FromMilliseconds(asked.PushIntervalMs));
        push.Terminating = true;
        Assert.Equal(ErrorCode.None, (await client.AskAsync(push, 0)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskAsync(push, 0)).ErrorCode);

        var reading = Assert.Single(broker.ClientTelemetry.Read());
        Assert.Equal(("a-test", "lib", "3", "127.0.0.1"), (reading.Client.ClientId, reading.Client.Software.Name, reading.Client.Software.Version, reading.Client.Address));
        using var figures = new Readings(broker.Metrics.Meter);
        Assert.Equal((1, 1, 4, 2, 1), (
            figures["spate.client_telemetry.instances"], figures["spate.client_telemetry.values.kept"], figures["spate.client_telemetry.pushes"],
            figures["spate.client_telemetry.values"], figures["spate.client_telemetry.throttled"]));
    }
}
