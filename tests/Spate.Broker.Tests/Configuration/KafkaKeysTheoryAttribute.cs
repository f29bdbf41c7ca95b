namespace Spate.Broker.Tests.Configuration;

/// <summary>Rows that need the table of Kafka's keys, and say that they were skipped where that is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaKeysTheoryAttribute : TheoryAttribute
{
    public KafkaKeysTheoryAttribute() => Skip = KafkaKeys.Folder is null ? "The table of Kafka's keys is not beside the repository." : null;
}
