using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Handlers.Shares;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Shares.Sessions;
using Spate.Broker.Telemetry;
using Spate.Metadata.Control;

namespace Spate.Broker.Shares;

/// <summary>
/// Share groups as the leader of partitions serves them: what is delivered to whom, the sessions of members, and the handlers that they ask. Everything it starts it
/// also awaits when it is disposed.
/// </summary>
internal sealed class ShareService : IAsyncDisposable
{
    private readonly OwnedWork _work = new();

    public ShareService(
        BrokerSettings settings, BrokerEnvironment environment, Controller controller, PartitionHost host, PartitionTable table, ShareStateService state, ShareMetrics metrics)
    {
        Settings = new ConfiguredShares(controller, settings);
        Partitions = new SharedPartitions(new SharedParts(
            new ShareStateAccess(state.States), Settings, environment.Clock, _work, metrics, environment.Logging.CreateLogger<ShareService>()));
        Members = new ShareMembers(table, Partitions);
        Sessions = new ShareSessions(
            () => settings.Values.Get(ShareKeys.MaxShareSessions),
            session => _work.Own(Members.ReleaseAsync(session.GroupId, session.MemberId, session.TakeTurns())));
        host.Closing += Partitions.Close;
        state.Changed = Partitions.Forget;
        metrics.Publish(Partitions, Sessions);
    }

    /// <summary>What is set for share groups.</summary>
    public ConfiguredShares Settings { get; }

    /// <summary>The partitions that share groups read here.</summary>
    public SharedPartitions Partitions { get; }

    /// <summary>What members say of records.</summary>
    public ShareMembers Members { get; }

    /// <summary>The sessions of members.</summary>
    public ShareSessions Sessions { get; }

    public IEnumerable<IRequestHandler> Handlers(PartitionTable table, ClusterView cluster, BrokerSettings settings, TimeProvider clock, CancellationToken stopping) =>
    [
        new ShareFetchHandler(this, table, cluster, settings, clock, stopping),
        new ShareAcknowledgeHandler(this, table, cluster),
    ];

    /// <summary>Delivers nothing any more. What members hold is available again after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        Partitions.CloseAll();
        await _work.WhenIdle();
    }
}
