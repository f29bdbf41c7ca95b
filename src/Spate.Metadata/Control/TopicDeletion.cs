using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>DeleteTopics: by name up to version 5, by name or id from version 6 on (KIP-516). A topic that is named
/// more than once is not deleted: the request is not what its sender meant. Pure.</summary>
internal static class TopicDeletion
{
    public static Decision<DeleteTopicsResponse> Decide(ClusterImage image, DeleteTopicsRequest request)
    {
        var records = new List<IMetadataRecord>();
        var reply = new DeleteTopicsResponse();
        var asked = request.TopicNames.Select(name => new Asked(name, Uuid.Zero))
            .Concat(request.Topics.Select(topic => new Asked(topic.Name, topic.TopicId))).ToList();
        var repeated = asked.Select(each => Find(image, each, out var topic) is null ? topic!.Id : Uuid.Zero)
            .CountBy(id => id).Where(pair => pair.Value > 1 && !pair.Key.IsZero).Select(pair => pair.Key).ToHashSet();

        // Names that are there twice are answered once; a name and an id of the same topic are answered each.
        foreach (var each in asked.Distinct())
        {
            var result = new DeleteTopicsResponse.DeletableTopicResult { Name = each.Name, TopicId = each.Id };
            reply.Responses.Add(result);
            if (Find(image, each, out var topic) is { } fault)
            {
                result.ErrorCode = fault.Error;
                result.ErrorMessage = fault.Message;
            }
            else if (repeated.Contains(topic!.Id))
            {
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"The topic '{topic.Name}' stands in the request more than once.";
            }
            else
            {
                result.Name = topic.Name;
                result.TopicId = topic.Id;
                records.Add(new RemoveTopicRecord { TopicId = topic.Id });
            }
        }

        return new Decision<DeleteTopicsResponse>(records, reply);
    }

    private static TopicFault? Find(ClusterImage image, Asked asked, out TopicImage? topic)
    {
        var (name, id) = asked;
        topic = null;
        if (name is null == id.IsZero)
        {
            return new TopicFault(ErrorCode.InvalidRequest, "A topic to delete is named either by its name or by its id.");
        }

        if (name is null)
        {
            return image.TryGetTopic(id, out topic) ? null : new TopicFault(ErrorCode.UnknownTopicId, $"There is no topic of the id {id}.");
        }

        return image.TryGetTopic(name, out topic)
            ? null
            : new TopicFault(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
    }

    /// <summary>A topic as the request names it: by one of the two.</summary>
    private readonly record struct Asked(string? Name, Uuid Id);
}
