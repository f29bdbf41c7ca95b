using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>DeleteTopics: by name up to version 5, by name or id from version 6 on (KIP-516). Pure.</summary>
internal static class TopicDeletion
{
    public static Decision<DeleteTopicsResponse> Decide(ClusterImage image, DeleteTopicsRequest request)
    {
        var records = new List<IMetadataRecord>();
        var reply = new DeleteTopicsResponse();
        var seen = new HashSet<Uuid>();
        foreach (var (name, id) in request.TopicNames.Select(name => ((string?)name, Uuid.Zero))
            .Concat(request.Topics.Select(topic => (topic.Name, topic.TopicId))))
        {
            var result = new DeleteTopicsResponse.DeletableTopicResult { Name = name, TopicId = id };
            reply.Responses.Add(result);
            if (Find(image, name, id, out var topic) is { } fault)
            {
                result.ErrorCode = fault.Error;
                result.ErrorMessage = fault.Message;
            }
            else if (!seen.Add(topic!.Id))
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

    private static TopicFault? Find(ClusterImage image, string? name, Uuid id, out TopicImage? topic)
    {
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
}
