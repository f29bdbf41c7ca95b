using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

/// <summary>What is known of one of Kafka's keys.</summary>
/// <param name="Type">Kafka's name of the type.</param>
/// <param name="Detail">A broker's setting: how it may be changed; a topic's: the broker's setting that is its default.</param>
/// <param name="Default">The default without what a person reads beside it; null where there is none.</param>
internal sealed record KafkaKey(string Type, string? Default, string Detail)
{
    /// <summary>Whether a key of ours is of the same type. What the table of version 3.9 has as a string may be a list since then.</summary>
    public bool IsOf(ConfigType type) => type switch
    {
        ConfigType.Boolean => Type == "boolean",
        ConfigType.Int => Type == "int",
        ConfigType.Long => Type == "long",
        ConfigType.Short => Type == "short",
        ConfigType.Double => Type == "double",
        ConfigType.Text => Type == "string",
        ConfigType.List => Type is "list" or "string",
        ConfigType.Class => Type == "class",
        ConfigType.Password => Type == "password",
        _ => false,
    };
}
