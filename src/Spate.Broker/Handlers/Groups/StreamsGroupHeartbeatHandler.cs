using Spate.Broker.Cluster;
using Spate.Broker.Groups;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// StreamsGroupHeartbeat 0: an instance of a streams application joins its group, bringing what the application is made of, says which tasks it
/// has, hears which it is to have, and leaves (KIP-1071). Topics that the application keeps for itself are created here when they are missing;
/// what cannot be created is told in the status, and tried again at the next heartbeat. Answered UNSUPPORTED_VERSION while the cluster's level
/// of streams.version is 0.
/// </summary>
public sealed class StreamsGroupHeartbeatHandler(GroupCoordinator groups, ClusterView cluster, ApplicationTopics topics)
    : RequestHandler<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse>
{
    private const short LevelOfTheProtocol = 1;

    /// <summary>The status by which members are told that topics of the application's own are not there yet.</summary>
    private const sbyte MissingInternalTopics = 3;

    protected override async ValueTask<StreamsGroupHeartbeatResponse?> HandleAsync(
        StreamsGroupHeartbeatRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (cluster.Image.Features.LevelOf(Features.StreamsVersion) < LevelOfTheProtocol)
        {
            return Refused(ErrorCode.UnsupportedVersion, "The level of streams.version is below 1: groups of the streams protocol are switched off.");
        }

        if (request.Topology is { } topology && NamesFault(topology) is { } fault)
        {
            return Refused(ErrorCode.StreamsInvalidTopology, fault);
        }

        var (response, missing) = await groups.StreamsGroupHeartbeatAsync(request, context.ToGroupClient());
        if (missing.Count > 0 && response.Status?.Find(status => status.StatusCode == MissingInternalTopics) is { } told)
        {
            var failures = await topics.CreateAsync(request.GroupId, missing, cancellation);
            told.StatusDetail = AnswerText.Fit($"{told.StatusDetail}{(failures.Count == 0 ? "" : $"; Creation failed: {string.Join(", ", failures)}.")}");
        }

        return response;
    }

    private static StreamsGroupHeartbeatResponse Refused(ErrorCode error, string message) => new() { ErrorCode = error, ErrorMessage = AnswerText.Fit(message) };

    private static string? NamesFault(StreamsGroupHeartbeatRequest.StreamsTopology topology)
    {
        var names = topology.Subtopologies
            .SelectMany(each => each.SourceTopics
                .Concat(each.RepartitionSinkTopics)
                .Concat(each.RepartitionSourceTopics.Select(topic => topic.Name))
                .Concat(each.StateChangelogTopics.Select(topic => topic.Name)))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var kept = names.Where(TopicName.IsInternal).ToList();
        var wrong = names.Where(name => TopicName.Fault(name) is not null).ToList();
        return kept.Count > 0 ? $"Use of Kafka internal topics {string.Join(",", kept)} in a Kafka Streams topology is prohibited."
            : wrong.Count > 0 ? $"Topic names {string.Join(",", wrong)} are not valid topic names."
            : null;
    }
}
