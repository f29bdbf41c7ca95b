using Spate.Broker.Configuration;
using Spate.Cli.Running;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Cli.Groups;

/// <summary>Finds groups, and says which one was probably meant when one is not there.</summary>
internal static class GroupLookup
{
    /// <summary>Descriptions in the order of the names.</summary>
    /// <exception cref="CommandException">One of them is not there.</exception>
    /// <exception cref="KafkaException">One of them could not be asked about.</exception>
    public static async Task<IReadOnlyList<GroupDescription>> DescribeAsync(ClusterCall call, IReadOnlyCollection<string> names)
    {
        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        var found = await call.Client.Admin.Groups.DescribeAsync(distinct, call.Cancellation);
        var missing = distinct.Where(name => IsMissing(found[name])).ToList();
        if (missing.Count > 0)
        {
            var known = (await call.Client.Admin.Groups.ListAsync(cancellationToken: call.Cancellation)).Items;
            var sentences = missing.Select(name => Describe(name, known));
            throw new CommandException($"{string.Join(' ', sentences)} 'spate groups list' shows all.", ExitCode.Missing);
        }

        found.ThrowIfAnyFailed();
        call.Answered();
        return [.. distinct.Select(name => found[name].Value)];
    }

    /// <summary>A group that may not be there yet: null then.</summary>
    /// <exception cref="KafkaException">It could not be asked about.</exception>
    public static async Task<GroupDescription?> FindAsync(ClusterCall call, string name)
    {
        var found = (await call.Client.Admin.Groups.DescribeAsync([name], call.Cancellation))[name];
        return IsMissing(found) ? null : found.Value;
    }

    /// <summary>The topics that a streams application has made for itself.</summary>
    public static IReadOnlyList<string> OwnTopics(GroupDescription? group) =>
        [.. (group?.Subtopologies ?? []).SelectMany(static part => part.RepartitionTopics.Concat(part.ChangelogTopics)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Describe(string name, IReadOnlyList<GroupListing> known) =>
        known.FirstOrDefault(group => group.GroupId == name) is { Type: GroupType.Share or GroupType.Streams } other
            ? $"'{name}' is a {other.Type.ToString().ToLowerInvariant()} group, which its coordinator lists and does not describe."
            : $"There is no group '{name}'{(NearestName.Of(name, known.Select(static group => group.GroupId)) is { } nearest ? $"; the nearest is '{nearest}'" : "")}.";

    /// <summary>Before it had a code for it, a broker described what it did not know as dead.</summary>
    private static bool IsMissing(AdminResult<GroupDescription> result) =>
        result.Error is { } error ? error.ErrorCode == ErrorCode.GroupIdNotFound : result.Value is { State: GroupState.Dead, Members.Count: 0 };
}
