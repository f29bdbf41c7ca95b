namespace Spate.Broker.Tests.Configuration;

/// <summary>A test that needs the table of Kafka's keys, and says that it was skipped where that is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaKeysFactAttribute : FactAttribute
{
    public KafkaKeysFactAttribute() => Skip = KafkaKeys.Folder is null ? "The table of Kafka's keys is not beside the repository." : null;
}
