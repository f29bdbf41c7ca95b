namespace Spate.Client.Administration;

/// <summary>What <see cref="ConfigAdmin.DescribeAsync"/> tells beyond values. Immutable.</summary>
public sealed record DescribeConfigsOptions
{
    /// <summary>Tells every value that there is for a setting, not only the one that holds. Default: false.</summary>
    public bool IncludeSynonyms { get; init; }

    /// <summary>Tells what each setting is for: DescribeConfigs version 3, of Kafka 2.6. Default: false.</summary>
    public bool IncludeDocumentation { get; init; }
}
