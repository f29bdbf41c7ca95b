using Spate.Broker.Telemetry;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Requests;

/// <summary>
/// ApiVersions 0 to 4: what this broker offers, taken from the handlers that there are, so that nothing is advertised that is not there.
/// From version 3 on the client names its software (KIP-511), where a name that is not one is refused with INVALID_REQUEST, and is told the
/// levels of features: those that this broker can run with and those that the cluster runs with (KIP-584).
/// </summary>
public sealed class ApiVersionsHandler : RequestHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private const short FirstVersionOfNames = 3;

    /// <summary>Clients that ask in an earlier version fail over a feature that can be done without: the lowest level 0 is too low for them.</summary>
    private const short FirstVersionOfLevelZero = 4;

    private readonly List<ApiVersionsResponse.ApiVersion> _offered;
    private readonly Func<ClusterImage> _image;

    /// <param name="others">Every other handler that the dispatcher knows.</param>
    /// <param name="image">What has been decided, when it is asked for.</param>
    public ApiVersionsHandler(IEnumerable<IRequestHandler> others, Func<ClusterImage> image)
    {
        _image = image;
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
        if (context.ApiVersion >= FirstVersionOfNames)
        {
            if (!IsName(request.ClientSoftwareName) || !IsName(request.ClientSoftwareVersion))
            {
                return new ValueTask<ApiVersionsResponse?>(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
            }

            context.Connection.ClientSoftware = new ClientSoftware(request.ClientSoftwareName, request.ClientSoftwareVersion);
        }

        return new ValueTask<ApiVersionsResponse?>(Describe(context.ApiVersion));
    }

    private ApiVersionsResponse Describe(short version)
    {
        var image = _image();
        return new ApiVersionsResponse
        {
            ApiKeys = _offered,
            SupportedFeatures =
            [
                .. Features.Supported.Where(range => range.Lowest > 0 || version >= FirstVersionOfLevelZero)
                    .Select(range => new ApiVersionsResponse.SupportedFeatureKey { Name = range.Name, MinVersion = range.Lowest, MaxVersion = range.Highest }),
            ],

            // The offset of the last decision, whatever it was about: it rises whenever a level may have changed.
            FinalizedFeaturesEpoch = image.Position.EndOffset - 1,
            FinalizedFeatures =
            [
                .. image.Features.Levels.Select(level => new ApiVersionsResponse.FinalizedFeatureKey { Name = level.Key, MinVersionLevel = level.Value, MaxVersionLevel = level.Value }),
            ],
        };
    }

    /// <summary>Letters and digits, with dots and dashes between them: what may stand in the name of a metric.</summary>
    private static bool IsName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-');
}
