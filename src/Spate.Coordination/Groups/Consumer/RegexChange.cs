namespace Spate.Coordination.Groups.Consumer;

/// <summary>What a look at a group's regular expressions gave.</summary>
/// <param name="Resolved">What each comes to from now on.</param>
/// <param name="HasChanged">Whether any comes to something else than before, so that assignments have to be made anew.</param>
internal sealed record RegexChange(IReadOnlyDictionary<string, ResolvedRegex> Resolved, bool HasChanged);
