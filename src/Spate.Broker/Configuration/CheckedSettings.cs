using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Configuration;

/// <summary>What only shows when settings are seen together. Immutable.</summary>
internal sealed record CheckedSettings
{
    public required int NodeId { get; init; }

    public required IReadOnlyList<ListenerAddress> Listeners { get; init; }

    public required IReadOnlyList<ListenerAddress> AdvertisedListeners { get; init; }

    public required IReadOnlyList<string> LogDirs { get; init; }

    public required string MetadataLogDir { get; init; }

    /// <summary>Looks at values that are right each by itself; what it gives holds only when there was no fault.</summary>
    public static CheckedSettings Check(ConfigValues values, ICollection<string> faults, ICollection<string> warnings)
    {
        var nodeId = values.Get(NodeKeys.NodeId);
        if (values.Get(NodeKeys.BrokerId) is >= 0 and var brokerId && brokerId != nodeId)
        {
            faults.Add($"broker.id={brokerId} and node.id={nodeId} are two names of the same setting and must not differ; remove broker.id.");
        }

        CheckQuorum(values, nodeId, faults);
        CheckGroups(values, faults);
        if (ConnectionKeys.Fault(values) is { } fault)
        {
            faults.Add(fault);
        }

        var (listeners, advertised) = ListenerChecks.Check(values, faults, warnings);
        string[] directories = [.. values.Get(NodeKeys.LogDirs).Select(FullPath).Distinct(StringComparer.Ordinal)];
        if (directories.Length == 0)
        {
            faults.Add("log.dirs= names no directory, so there is nowhere to keep the logs.");
        }

        var metadata = values.Get(NodeKeys.MetadataLogDir) is { Length: > 0 } path ? FullPath(path) : directories.FirstOrDefault("");
        if (directories.Length > 0 && !directories.Contains(metadata, StringComparer.Ordinal))
        {
            faults.Add($"metadata.log.dir={values.Get(NodeKeys.MetadataLogDir)} must be one of log.dirs in this version; add it there.");
        }

        return new CheckedSettings { NodeId = nodeId, Listeners = listeners, AdvertisedListeners = advertised, LogDirs = directories, MetadataLogDir = metadata };
    }

    private static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static void CheckQuorum(ConfigValues values, int nodeId, ICollection<string> faults)
    {
        var roles = values.Get(NodeKeys.ProcessRoles);
        if (roles.Count == 1)
        {
            faults.Add($"process.roles={roles[0]} leaves the other role to another process, and a cluster has one node in this version; set broker,controller.");
        }

        foreach (var voter in values.Get(NodeKeys.QuorumVoters))
        {
            var at = voter.IndexOf('@', StringComparison.Ordinal);
            if (at <= 0 || !int.TryParse(voter.AsSpan(0, at), out var id))
            {
                faults.Add($"controller.quorum.voters={voter} is not of the form id@host:port.");
            }
            else if (id != nodeId)
            {
                faults.Add($"controller.quorum.voters={voter} names another node than this one ({nodeId}), and a cluster has one node in this version.");
            }
        }

        if (values.Get(NodeKeys.QuorumBootstrapServers) is { Count: > 1 } servers)
        {
            faults.Add($"controller.quorum.bootstrap.servers={string.Join(',', servers)} names {servers.Count} nodes, and a cluster has one in this version.");
        }
    }

    private static void CheckGroups(ConfigValues values, ICollection<string> faults)
    {
        Ordered(GroupKeys.MinSessionTimeoutMs, GroupKeys.MaxSessionTimeoutMs, "so no member could join a group");
        foreach (var (least, usual, most) in NewerGroupBounds.All)
        {
            if (least is not null)
            {
                Ordered(least, usual, "which is the least that it may be");
            }

            if (most is not null)
            {
                Ordered(usual, most, "which is the most that it may be");
            }
        }

        void Ordered(ConfigKey<int> lower, ConfigKey<int> upper, string so)
        {
            var (low, high) = (values.Get(lower), values.Get(upper));
            if (low > high)
            {
                faults.Add($"{lower.Name}={low} is above {upper.Name}={high}, {so}.");
            }
        }
    }
}
