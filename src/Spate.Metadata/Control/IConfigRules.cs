using Spate.Metadata.Images;

namespace Spate.Metadata.Control;

/// <summary>
/// Which settings there are and what they may be: the nodes know that, and the controller asks them. Pure as long as what the node was
/// started with stays the same, and called in the turn of a decision.
/// </summary>
public interface IConfigRules
{
    /// <summary>Why nothing can be set on a resource, or null when something can.</summary>
    ConfigFault? FaultOf(ClusterImage image, ConfigResource resource);

    /// <summary>Whether a setting is a list, to which entries can be added and from which they can be taken; false for one that is not known.</summary>
    bool IsList(ConfigResource resource, string name);

    /// <summary>What a setting has where the resource itself says nothing; null where that is nothing.</summary>
    string? Inherited(ConfigResource resource, string name);

    /// <summary>Why a resource cannot have settings, or null when it can.</summary>
    /// <param name="image">What has been decided until now.</param>
    /// <param name="resource">What they are set on; <see cref="FaultOf(ClusterImage, ConfigResource)"/> had nothing against it.</param>
    /// <param name="after">Everything that would be set on it.</param>
    /// <param name="changed">Those of them that are set anew. The others may stay whatever they are.</param>
    ConfigFault? FaultOf(ClusterImage image, ConfigResource resource, IReadOnlyDictionary<string, string> after, IReadOnlyCollection<string> changed);
}
