using System.Globalization;
using System.Net;
using Spate.Broker.Requests;
using Spate.Protocol;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>What subscriptions are matched against: who a client is, as it says itself and as the network sees it. Immutable.</summary>
/// <param name="ClientId">What it calls itself.</param>
/// <param name="Software">What it is made of.</param>
/// <param name="Address">Its address, without the slash that groups show.</param>
/// <param name="Port">Its port.</param>
public sealed record TelemetryClient(string ClientId, ClientSoftware Software, string Address, int Port)
{
    public static TelemetryClient Of(RequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var endPoint = context.Connection.ClientEndPoint as IPEndPoint;
        return new TelemetryClient(context.ClientId, context.Connection.ClientSoftware, context.ClientHost.TrimStart('/'), endPoint?.Port ?? 0);
    }

    /// <summary>The value of one of a subscription's properties; null when there is no such property.</summary>
    internal string? ValueOf(string property, Uuid instanceId) => property switch
    {
        "client_instance_id" => instanceId.ToString(),
        "client_id" => ClientId,
        "client_software_name" => Software.Name,
        "client_software_version" => Software.Version,
        "client_source_address" => Address,
        "client_source_port" => Port.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
