using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// Holds the regular expressions that members subscribe by against the names of topics. What comes out is kept in the log, so that every
/// coordinator of the group makes the same of it. The broker's own topics match none.
/// </summary>
internal sealed class RegexResolution(IShardContext context, ILogger logger)
{
    /// <param name="group">The group.</param>
    /// <param name="entry">The member before.</param>
    /// <param name="draft">The member as it will be.</param>
    /// <param name="topics">The topics that there are.</param>
    /// <param name="isStale">Whether the topics are others than those that the group was last held against.</param>
    /// <param name="records">What there is to write so far; more is added.</param>
    public RegexChange Look(
        ConsumerGroup group, MemberEntry entry, ConsumerMember draft, ITopicView topics, bool isStale, List<CoordinatorRecord> records)
    {
        var before = entry.Member.Metadata.HasRegex ? entry.Member.Metadata.Regex : null;
        var now = draft.Metadata.HasRegex ? draft.Metadata.Regex : null;
        if (before == now && (!isStale || group.Regexes.Count == 0) && (now is null || group.Regexes.ContainsKey(now)))
        {
            return new RegexChange(group.Regexes, HasChanged: false);
        }

        var resolved = new Dictionary<string, ResolvedRegex>(group.Regexes, StringComparer.Ordinal);
        var hasChanged = false;
        if (before is not null && before != now && !IsUsedByOthers(group, entry, before) && resolved.Remove(before))
        {
            records.Add(ConsumerGroupRecords.RegexTombstone(group.Id, before));
        }

        if (now is not null && !resolved.ContainsKey(now))
        {
            hasChanged |= Resolve(group, now, topics, resolved, records);
        }

        if (isStale)
        {
            foreach (var regex in group.Regexes.Keys.Where(resolved.ContainsKey))
            {
                hasChanged |= Resolve(group, regex, topics, resolved, records);
            }
        }

        return new RegexChange(resolved, hasChanged);
    }

    /// <summary>Takes back what nobody will subscribe to any more once these have gone.</summary>
    public static Dictionary<string, ResolvedRegex> Without(
        ConsumerGroup group, IReadOnlyCollection<ConsumerMember> remaining, List<CoordinatorRecord> records)
    {
        var resolved = new Dictionary<string, ResolvedRegex>(group.Regexes, StringComparer.Ordinal);
        var used = remaining.Where(member => member.Metadata.HasRegex).Select(member => member.Metadata.Regex!).ToHashSet(StringComparer.Ordinal);
        foreach (var regex in group.Regexes.Keys.Where(regex => !used.Contains(regex)))
        {
            resolved.Remove(regex);
            records.Add(ConsumerGroupRecords.RegexTombstone(group.Id, regex));
        }

        return resolved;
    }

    private static bool IsUsedByOthers(ConsumerGroup group, MemberEntry entry, string regex) =>
        group.Members.Any(member => member.Metadata.Regex == regex && member.Id != entry.Member.Id && member.Id != entry.Replaced?.Id);

    private bool Resolve(
        ConsumerGroup group, string regex, ITopicView topics, Dictionary<string, ResolvedRegex> resolved, List<CoordinatorRecord> records)
    {
        TopicNames matched;
        if (TopicPattern.TryParse(regex, out var pattern, out var fault))
        {
            matched = TopicNames.Of(topics.Names.Where(name => pattern.Matches(name) && topics.Find(name) is { IsInternal: false }));
        }
        else
        {
            // Members' expressions are looked at before they are accepted: this one comes from a log that another broker wrote.
            GroupLog.RegexNotUnderstood(logger, group.Id, regex, fault);
            matched = TopicNames.None;
        }

        var isSame = resolved.TryGetValue(regex, out var known) && known.Topics.Equals(matched);
        if (isSame)
        {
            return false;
        }

        resolved[regex] = new ResolvedRegex(matched, topics.Version, context.UtcNowMs);
        records.Add(ConsumerGroupRecords.Regex(group.Id, regex, resolved[regex]));
        return true;
    }
}
