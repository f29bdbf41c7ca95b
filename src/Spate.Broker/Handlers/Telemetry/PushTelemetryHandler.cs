using Spate.Broker.Requests;
using Spate.Broker.Telemetry.Clients;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Telemetry;

/// <summary>
/// PushTelemetry 0 (KIP-714): takes a client's metrics in, which are an OTLP message, compressed or not. Too early is
/// THROTTLING_QUOTA_EXCEEDED, an old subscription UNKNOWN_SUBSCRIPTION_ID, too much TELEMETRY_TOO_LARGE, a codec that was not offered
/// UNSUPPORTED_COMPRESSION_TYPE, what cannot be read INVALID_RECORD, and a push after the last one INVALID_REQUEST.
/// </summary>
public sealed class PushTelemetryHandler(ClientTelemetry telemetry, TimeProvider clock) : RequestHandler<PushTelemetryRequest, PushTelemetryResponse>
{
    protected override ValueTask<PushTelemetryResponse?> HandleAsync(PushTelemetryRequest request, RequestContext context, CancellationToken cancellation) =>
        new(telemetry.Push(request, TelemetryClient.Of(context), TelemetryTime.Now(clock)));
}
