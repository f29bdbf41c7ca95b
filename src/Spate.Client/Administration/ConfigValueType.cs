namespace Spate.Client.Administration;

/// <summary>What kind of value a setting takes, by Kafka's numbers.</summary>
public enum ConfigValueType
{
    /// <summary>A kind that is not told, or that this client does not know.</summary>
    Unknown = 0,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean = 1,

    /// <summary>A text.</summary>
    String = 2,

    /// <summary>A whole number of 32 bits.</summary>
    Int = 3,

    /// <summary>A whole number of 16 bits.</summary>
    Short = 4,

    /// <summary>A whole number of 64 bits.</summary>
    Long = 5,

    /// <summary>A number with a fraction.</summary>
    Double = 6,

    /// <summary>Texts with commas between.</summary>
    List = 7,

    /// <summary>The name of a Java class.</summary>
    Class = 8,

    /// <summary>A secret.</summary>
    Password = 9,
}
