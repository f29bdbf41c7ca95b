using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups;

/// <summary>What groups learn from outside.</summary>
/// <param name="Topics">Which topics there are.</param>
/// <param name="Settings">What is set for groups.</param>
internal sealed record GroupSurroundings(ITopicCatalog Topics, IGroupSettings Settings);
