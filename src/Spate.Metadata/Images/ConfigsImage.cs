using System.Collections.Immutable;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>
/// The settings that were given while the cluster runs, by what they are set on, as written. What is not here has its default or what a
/// broker was started with. Immutable.
/// </summary>
public sealed class ConfigsImage
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private ConfigsImage(ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> byResource) => ByResource = byResource;

    public static ConfigsImage Empty { get; } = new(ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty);

    /// <summary>Everything that has at least one setting.</summary>
    public ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> ByResource { get; }

    /// <summary>The settings of a resource by name; empty where it has none.</summary>
    public ImmutableSortedDictionary<string, string> Of(ConfigResource resource) => ByResource.GetValueOrDefault(resource, None);

    /// <summary>The settings after a record that sets one, or takes it back when its value is null.</summary>
    internal ConfigsImage With(ConfigRecord record)
    {
        var resource = new ConfigResource(record.ResourceType, record.ResourceName);
        var settings = record.Value is { } value ? Of(resource).SetItem(record.Name, value) : Of(resource).Remove(record.Name);
        return new ConfigsImage(settings.IsEmpty ? ByResource.Remove(resource) : ByResource.SetItem(resource, settings));
    }

    /// <summary>The settings without a resource that is gone.</summary>
    internal ConfigsImage Without(ConfigResource resource) => ByResource.ContainsKey(resource) ? new ConfigsImage(ByResource.Remove(resource)) : this;

    /// <summary>The records that set all of them, always in the same order.</summary>
    internal IEnumerable<IMetadataRecord> ToRecords() =>
        from resource in ByResource.OrderBy(each => each.Key.Type).ThenBy(each => each.Key.Name, StringComparer.Ordinal)
        from setting in resource.Value
        select new ConfigRecord { ResourceType = resource.Key.Type, ResourceName = resource.Key.Name, Name = setting.Key, Value = setting.Value };
}
