using System.Globalization;
using Spate.Protocol.Errors;

namespace Spate.Client.Telemetry;

/// <summary>The names that OpenTelemetry's conventions have for what is told of messaging (version 1.44), and the values that Kafka's clients give them.</summary>
internal static class MessagingTags
{
    public const string System = "messaging.system";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string Destination = "messaging.destination.name";
    public const string PartitionId = "messaging.destination.partition.id";
    public const string ClientId = "messaging.client.id";
    public const string Group = "messaging.consumer.group.name";
    public const string MessageCount = "messaging.batch.message_count";
    public const string Offset = "messaging.kafka.offset";
    public const string Key = "messaging.kafka.message.key";
    public const string Tombstone = "messaging.kafka.message.tombstone";
    public const string DeliveryCount = "spate.kafka.delivery_count";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";

    public const string Kafka = "kafka";
    public const string Send = "send";
    public const string Poll = "poll";
    public const string Receive = "receive";
    public const string Process = "process";
    public const string Acknowledge = "acknowledge";
    public const string Commit = "commit";
    public const string Settle = "settle";

    /// <summary>Partitions are told as text.</summary>
    public static string PartitionOf(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    /// <summary>What kind of failure it was: the protocol's own name where there is one, so that there are few kinds.</summary>
    public static string ErrorOf(Exception failure) =>
        failure is KafkaException kafka ? ErrorCatalog.NameOf(kafka.ErrorCode) : failure.GetType().FullName ?? "_OTHER";

    /// <summary>A key as text, where it has one form only; null where it is not to be told.</summary>
    public static string? KeyOf<TKey>(TKey? key) => key switch
    {
        string text => text,
        int or long or Guid => Convert.ToString(key, CultureInfo.InvariantCulture),
        _ => null,
    };
}
