using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>Makes the exception for what a group's coordinator has answered.</summary>
internal static class GroupFailure
{
    public static KafkaException Of(ErrorCode code, ApiKey api, string groupId, string? broker, TopicPartition? partition = null, string? said = null)
    {
        if (ErrorCatalog.IsRetriable(code))
        {
            return BrokerFailure.Of(code, api, broker, $"group '{groupId}'", partition, said);
        }

        var subject = partition is { } name ? $"group '{groupId}', partition {name}," : $"group '{groupId}'";
        return new KafkaGroupException(code, groupId, BrokerFailure.Describe(code, api, broker, subject, said))
        {
            Broker = broker,
            Partition = partition,
            IsFatal = code is ErrorCode.FencedInstanceId or ErrorCode.InvalidGroupId,
        };
    }
}
