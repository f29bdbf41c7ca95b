using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>Refusals of what is asked of settings.</summary>
internal static class RefusedConfigs
{
    private const string Said = "The test refuses it.";

    public static DescribeConfigsResponse Of(DescribeConfigsRequest request, ErrorCode error) => new()
    {
        Results =
        [
            .. request.Resources.Select(resource => new DescribeConfigsResponse.DescribeConfigsResult
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                ErrorCode = error,
                ErrorMessage = Said,
            }),
        ],
    };

    public static AlterConfigsResponse Of(AlterConfigsRequest request, ErrorCode error) => new()
    {
        Responses =
        [
            .. request.Resources.Select(resource => new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                ErrorCode = error,
                ErrorMessage = Said,
            }),
        ],
    };

    public static IncrementalAlterConfigsResponse Of(IncrementalAlterConfigsRequest request, ErrorCode error) => new()
    {
        Responses =
        [
            .. request.Resources.Select(resource => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                ErrorCode = error,
                ErrorMessage = Said,
            }),
        ],
    };
}
