using Microsoft.Extensions.Logging;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Groups;

/// <summary>
/// Creates the topics that streams applications keep for themselves (KIP-1071): those by which their parts hand records to each other, and
/// those that they restore their state from. Safe for use by several threads at once.
/// </summary>
/// <param name="controller">Decides that there are such topics.</param>
/// <param name="logger">Told which could not be created, and why.</param>
public sealed class ApplicationTopics(Controller controller, ILogger<ApplicationTopics> logger)
{
    /// <summary>Creates topics that are missing. Several members may find them missing at once; a topic that is there by then is no failure.</summary>
    /// <param name="groupId">The group whose application needs them.</param>
    /// <param name="missing">The topics.</param>
    /// <param name="cancellation">Gives up waiting; what was begun may still be done.</param>
    /// <returns>Those that could not be created, each with the reason; it may be tried again.</returns>
    public async ValueTask<IReadOnlyList<string>> CreateAsync(
        string groupId, IReadOnlyList<CreateTopicsRequest.CreatableTopic> missing, CancellationToken cancellation)
    {
        var failures = new List<string>();
        try
        {
            var reply = await controller.CreateTopicsAsync(new CreateTopicsRequest { Topics = [.. missing] }, cancellation);
            foreach (var result in reply.Topics.Where(result => result.ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists)))
            {
                failures.Add($"{result.Name} ({result.ErrorMessage ?? result.ErrorCode.ToString()})");
            }
        }
        catch (IOException failure)
        {
            failures.AddRange(missing.Select(topic => $"{topic.Name} ({failure.Message})"));
        }

        if (failures.Count > 0)
        {
            logger.ApplicationTopicsNotCreated(groupId, string.Join(", ", failures));
        }

        return failures;
    }
}
