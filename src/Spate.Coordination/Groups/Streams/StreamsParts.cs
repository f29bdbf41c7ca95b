using Microsoft.Extensions.Logging;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What all who decide about the streams groups of a shard share.</summary>
/// <param name="Shard">The groups.</param>
/// <param name="Topics">Which topics there are.</param>
/// <param name="Settings">What is set for groups.</param>
/// <param name="Timers">The clocks of members.</param>
/// <param name="Logger">Where it is told what groups go through.</param>
internal sealed record StreamsParts(GroupShard Shard, ITopicCatalog Topics, IGroupSettings Settings, StreamsTimers Timers, ILogger Logger);
