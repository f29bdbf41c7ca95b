using Spate.Broker.Requests;
using Spate.Broker.Telemetry.Clients;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Telemetry;

/// <summary>
/// GetTelemetrySubscriptions 0 (KIP-714): which metrics a client is asked to push, and how often. A client that asks before its interval is
/// over gets THROTTLING_QUOTA_EXCEEDED, unless it was told that its subscription is out of date.
/// </summary>
public sealed class GetTelemetrySubscriptionsHandler(ClientTelemetry telemetry, TimeProvider clock)
    : RequestHandler<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>
{
    protected override ValueTask<GetTelemetrySubscriptionsResponse?> HandleAsync(
        GetTelemetrySubscriptionsRequest request, RequestContext context, CancellationToken cancellation) =>
        new(telemetry.Subscribe(request, TelemetryClient.Of(context), TelemetryTime.Now(clock)));
}
