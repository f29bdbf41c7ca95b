using Spate.Broker.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Requests;

/// <summary>
/// ApiVersions 0 to 4: what this broker offers, taken from the handlers that there are, so that nothing is advertised that is not there.
/// From version 3 on the client names its software (KIP-511); a name that is not one is refused with INVALID_REQUEST.
/// </summary>
public sealed class ApiVersionsHandler : RequestHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private readonly List<ApiVersionsResponse.ApiVersion> _offered;

    /// <param name="others">Every other handler that the dispatcher knows.</param>
    public ApiVersionsHandler(IEnumerable<IRequestHandler> others)
    {
        _offered = others.Append(this)
            .OrderBy(handler => handler.Key)
            .Select(handler => new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)handler.Key,
                MinVersion = handler.LowestVersion,
                MaxVersion = handler.HighestVersion,
            })
            .ToList();
    }

    /// <summary>The reply to a version that is not offered.</summary>
    public ApiVersionsResponse Unsupported() => new() { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = _offered };

    protected override ValueTask<ApiVersionsResponse?> HandleAsync(ApiVersionsRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (context.ApiVersion >= 3)
        {
            if (!IsName(request.ClientSoftwareName) || !IsName(request.ClientSoftwareVersion))
            {
                return new ValueTask<ApiVersionsResponse?>(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
            }

            context.Connection.ClientSoftware = new ClientSoftware(request.ClientSoftwareName, request.ClientSoftwareVersion);
        }

        return new ValueTask<ApiVersionsResponse?>(new ApiVersionsResponse { ApiKeys = _offered });
    }

    /// <summary>Letters and digits, with dots and dashes between them: what may stand in the name of a metric.</summary>
    private static bool IsName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-');
}
