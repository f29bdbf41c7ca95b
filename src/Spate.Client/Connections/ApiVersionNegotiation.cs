using System.Reflection;
using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>
/// The first question on every connection: which versions does the broker offer (KIP-35)? It is asked in the newest version, with the name of this
/// software (KIP-511), and again in the newest that the broker says it knows, or in version 0, if that one is unknown to it.
/// </summary>
internal static class ApiVersionNegotiation
{
    private const string SoftwareName = "spate-client";

    private static readonly string SoftwareVersion =
        typeof(ApiVersionNegotiation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>The question, good for every version.</summary>
    public static ApiVersionsRequest NewRequest() => new() { ClientSoftwareName = SoftwareName, ClientSoftwareVersion = SoftwareVersion };

    /// <exception cref="KafkaException">The broker gives no answer that can be used.</exception>
    public static async Task<ApiVersionTable> AskAsync(BrokerConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var version = ClientVersions.HighestOf(ApiKey.ApiVersions);
        while (true)
        {
            using var reply = await connection.SendAsync(NewRequest(), version, timeout, cancellationToken).ConfigureAwait(false);
            var response = reply.Message;
            if (response.ErrorCode == ErrorCode.None)
            {
                return new ApiVersionTable(response, connection.Broker);
            }

            if (response.ErrorCode != ErrorCode.UnsupportedVersion || version == 0)
            {
                throw BrokerFailure.Of(response.ErrorCode, ApiKey.ApiVersions, connection.Broker);
            }

            var offered = response.ApiKeys.Find(api => api.ApiKey == (short)ApiKey.ApiVersions)?.MaxVersion ?? 0;
            version = offered < version ? Math.Max(offered, (short)0) : (short)0;
        }
    }
}
