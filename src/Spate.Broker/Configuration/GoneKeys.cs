namespace Spate.Broker.Configuration;

/// <summary>
/// Settings that Kafka had before version 4 and has no more. They are known so that an old file starts, with a line that says what became of
/// each.
/// </summary>
public static class GoneKeys
{
    private const string Versions = "versions are agreed on with each client; remove the line";
    private const string Shutdown = "a broker tells its controller of its stop in the heartbeats; remove the line";
    private const string Ids = "a broker's id is given by node.id; remove the line";

    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["inter.broker.protocol.version"] = Versions,
        ["log.message.format.version"] = Versions,
        ["message.format.version"] = Versions,
        ["log.message.downconversion.enable"] = "records are always turned into what an old client can read; remove the line",
        ["message.downconversion.enable"] = "records are always turned into what an old client can read; remove the line",
        ["log.message.timestamp.difference.max.ms"] = "set log.message.timestamp.before.max.ms and log.message.timestamp.after.max.ms instead",
        ["message.timestamp.difference.max.ms"] = "set message.timestamp.before.max.ms and message.timestamp.after.max.ms instead",
        ["broker.id.generation.enable"] = Ids,
        ["reserved.broker.max.id"] = Ids,
        ["control.plane.listener.name"] = "set controller.listener.names instead",
        ["delegation.token.master.key"] = "set delegation.token.secret.key instead",
        ["offsets.commit.required.acks"] = "commits are answered when they are replicated; remove the line",
        ["auto.include.jmx.reporter"] = "metrics are handed out as meters of .NET; remove the line",
        ["controlled.shutdown.max.retries"] = Shutdown,
        ["controlled.shutdown.retry.backoff.ms"] = Shutdown,
        ["controller.socket.timeout.ms"] = "set controller.quorum.request.timeout.ms instead",
        ["eligible.leader.replicas.enable"] = "it became a feature of the cluster; remove the line",
        ["group.coordinator.new.enable"] = "there is one coordinator of groups; remove the line",
        ["group.share.enable"] = "it became a feature of the cluster; remove the line",
        ["group.share.max.groups"] = "share groups are not counted; remove the line",
        ["host.name"] = "set listeners instead",
        ["port"] = "set listeners instead",
        ["advertised.host.name"] = "set advertised.listeners instead",
        ["advertised.port"] = "set advertised.listeners instead",
    };

    private static readonly (string Prefix, string Advice)[] ByPrefix =
    [
        ("zookeeper.", "this node keeps its own log of decisions and needs no ZooKeeper; remove the line"),
        ("password.encoder.", "passwords are not kept in ZooKeeper any more; remove the line"),
        ("quota.producer.", "quotas are set while the broker runs; remove the line"),
        ("quota.consumer.", "quotas are set while the broker runs; remove the line"),
    ];

    /// <summary>What to do about a setting that is gone, the end of a sentence; null for any other name.</summary>
    public static string? AdviceOn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.GetValueOrDefault(name)
            ?? ByPrefix.FirstOrDefault(entry => name.StartsWith(entry.Prefix, StringComparison.Ordinal)).Advice;
    }
}
