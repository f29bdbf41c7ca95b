using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>StreamsGroupDescribe 0: streams groups in full, with what the application is made of and which tasks each member has.</summary>
public sealed class StreamsGroupDescribeHandler(GroupCoordinator groups) : RequestHandler<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>
{
    protected override async ValueTask<StreamsGroupDescribeResponse?> HandleAsync(
        StreamsGroupDescribeRequest request, RequestContext context, CancellationToken cancellation)
    {
        var response = await groups.StreamsGroupDescribeAsync(request);
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
