namespace Spate.Metadata.Images;

/// <summary>What a setting is set on, by the numbers that the metadata log and the requests use.</summary>
public static class ConfigResourceType
{
    public const sbyte Topic = 2;
    public const sbyte Broker = 4;
    public const sbyte BrokerLogger = 8;
    public const sbyte ClientMetrics = 16;
    public const sbyte Group = 32;
}
