using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

/// <summary>What is known of one of Kafka's keys.</summary>
/// <param name="Type">Kafka's name of the type.</param>
/// <param name="Default">The default without what a person reads beside it; null where there is none.</param>
internal sealed record KafkaKey(string Type, string? Default)
{
    /// <summary>Whether a key of ours can hold what Kafka's holds: lists are strings in Kafka now and then, and whole numbers come in two sizes.</summary>
    public bool IsOf(ConfigType type) => type switch
    {
        ConfigType.Boolean => Type == "boolean",
        ConfigType.Int or ConfigType.Long or ConfigType.Short => Type is "int" or "long" or "short",
        ConfigType.Double => Type == "double",
        ConfigType.List or ConfigType.Text => Type is "list" or "string",
        _ => false,
    };
}
