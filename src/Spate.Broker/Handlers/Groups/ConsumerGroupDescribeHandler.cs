using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>ConsumerGroupDescribe 0 and 1: groups whose partitions the broker assigns, in full; which protocol each member speaks from version 1 on.</summary>
public sealed class ConsumerGroupDescribeHandler(GroupCoordinator groups) : RequestHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>
{
    protected override async ValueTask<ConsumerGroupDescribeResponse?> HandleAsync(
        ConsumerGroupDescribeRequest request, RequestContext context, CancellationToken cancellation)
    {
        var response = await groups.ConsumerGroupDescribeAsync(request);
        foreach (var group in response.Groups)
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.Group;
            }
        }

        return response;
    }
}
