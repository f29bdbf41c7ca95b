namespace Spate.Coordination.Groups.Consumer;

/// <summary>What a regular expression came to.</summary>
/// <param name="Topics">The topics whose names it matched.</param>
/// <param name="Version">The version of the view of topics that it was held against.</param>
/// <param name="TimestampMs">When that was, in milliseconds since 1970.</param>
internal sealed record ResolvedRegex(TopicNames Topics, long Version, long TimestampMs);
