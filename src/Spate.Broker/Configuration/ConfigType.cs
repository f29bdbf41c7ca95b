namespace Spate.Broker.Configuration;

/// <summary>The type of a setting's value, with the numbers that DescribeConfigs uses (KIP-569).</summary>
public enum ConfigType : sbyte
{
    Boolean = 1,
    Text = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}
