using Spate.Broker.Configuration;
using Spate.Broker.Requests;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// CreateTopics 0 to 7. A topic that is answered without an error has its logs open and takes records. Version 1 brings validate-only, 5 the
/// settings in the reply (KIP-525), 7 the topic's id. Internal topics are made by the broker itself when it first needs them: groups are
/// spread by the number of their partitions, which a client must not choose.
/// </summary>
public sealed class CreateTopicsHandler(Controller controller, BrokerSettings settings) : RequestHandler<CreateTopicsRequest, CreateTopicsResponse>
{
    private const short FirstVersionOfSettings = 5;

    /// <summary>The same refusal for every topic of a request.</summary>
    internal static CreateTopicsResponse Refused(CreateTopicsRequest request, ErrorCode error, string message) => new()
    {
        Topics = [.. request.Topics.Select(topic => Refused(topic.Name, error, message))],
    };

    protected override async ValueTask<CreateTopicsResponse?> HandleAsync(CreateTopicsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var given = request.Topics.ToLookup(topic => topic.Name, StringComparer.Ordinal);
        var refused = given.Where(topic => TopicName.IsInternal(topic.Key))
            .Select(topic => Refused(topic.Key, ErrorCode.InvalidTopic, $"The broker makes the topic '{topic.Key}' itself when it first needs it."))
            .ToList();
        request.Topics.RemoveAll(topic => TopicName.IsInternal(topic.Name));
        CreateTopicsResponse reply;
        try
        {
            reply = await controller.CreateTopicsAsync(request, cancellation);
        }
        catch (IOException failure)
        {
            reply = Refused(request, ErrorCode.KafkaStorageError, failure.Message);
        }

        if (context.ApiVersion >= FirstVersionOfSettings)
        {
            foreach (var topic in reply.Topics.Where(topic => topic.ErrorCode == ErrorCode.None))
            {
                topic.Configs = Describe(given[topic.Name].Single());
            }
        }

        reply.Topics.AddRange(refused);
        return reply;
    }

    private static CreateTopicsResponse.CreatableTopicResult Refused(string name, ErrorCode error, string message) =>
        new() { Name = name, ErrorCode = error, ErrorMessage = message, Configs = null };

    private List<CreateTopicsResponse.CreatableTopicConfigs> Describe(CreateTopicsRequest.CreatableTopic topic)
    {
        var own = topic.Configs.ToDictionary(config => config.Name, config => config.Value!, StringComparer.Ordinal);
        return
        [
            .. SettingDescriptions.OfTopic(own, settings.Layers).Select(setting => new CreateTopicsResponse.CreatableTopicConfigs
            {
                Name = setting.Name,
                Value = setting.Value,
                ConfigSource = (sbyte)setting.Source,
            }),
        ];
    }
}
