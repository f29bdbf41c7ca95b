using Spate.Coordination.Groups.Share;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups;

/// <summary>What groups learn from outside.</summary>
/// <param name="Topics">Which topics there are.</param>
/// <param name="Settings">What is set for groups.</param>
/// <param name="ShareStates">Where the delivery state of share groups is asked for.</param>
internal sealed record GroupSurroundings(ITopicCatalog Topics, IGroupSettings Settings, IShareStateCalls ShareStates);
