namespace Spate.Cli.Records;

/// <summary>How the bytes of a key or value are written.</summary>
internal enum PartFormat
{
    /// <summary>As they are, taken for UTF-8.</summary>
    Text,

    /// <summary>JSON, checked on the way in, and standing in JSON as itself and not as a text on the way out.</summary>
    Json,

    Hex,

    Base64,
}
