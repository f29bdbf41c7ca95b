using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Fetching;
using Spate.Broker.Handlers.Groups;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Shares;
using Spate.Broker.Shares.Fetching;
using Spate.Broker.Shares.Sessions;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>
/// ShareFetch 1 and 2 (KIP-932): records for a member of a share group, which it holds until it acknowledges them, with the acknowledgements of what it had before.
/// Version 2 takes the number of records strictly where that is asked for (KIP-1206), and renews locks (KIP-1222). A fetch that finds too little waits, for appends and
/// for what others give back. UNSUPPORTED_VERSION while the level of share.version is 0. Whether the member is in the group is not asked, as in Kafka. When the broker stops, fetches that wait are answered with what there is.
/// </summary>
internal sealed class ShareFetchHandler(ShareService shares, PartitionTable table, ClusterView cluster, BrokerSettings settings, TimeProvider clock, CancellationToken stopping)
    : RequestHandler<ShareFetchRequest, ShareFetchResponse>
{
    /// <summary>Version 0 was early access, and is served nowhere any more.</summary>
    public override short LowestVersion => 1;

    protected override async ValueTask<ShareFetchResponse?> HandleAsync(ShareFetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!cluster.HasShareGroups())
        {
            return new ShareFetchResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = ShareGroupLevel.Message };
        }

        if (ShareRequestFault.Of(request) is { } fault)
        {
            return new ShareFetchResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = fault };
        }

        var error = Enter(request, context, out var session);
        if (error != ErrorCode.None)
        {
            return new ShareFetchResponse { ErrorCode = error, ErrorMessage = ShareSessionMessages.Of(error) };
        }

        var acknowledged = await shares.Members.AcknowledgeAsync(request.GroupId!, request.MemberId!, Acknowledgements(request), request.IsRenewAck);
        if (request.ShareSessionEpoch == ShareSession.FinalEpoch)
        {
            await shares.Members.ReleaseAsync(request.GroupId!, request.MemberId!, session!.TakeTurns());
        }

        var fetches = request.ShareSessionEpoch != ShareSession.FinalEpoch && !request.IsRenewAck && request.MaxRecords > 0;
        using var pass = new ShareFetchPass(
            table, shares.Partitions, new ShareFetchTerms(request, settings.FetchMaxBytes), fetches ? session!.TakeTurns() : []);
        if (!await pass.RunAsync(isLast: request.MaxWaitMs <= 0))
        {
            await WaitAsync(pass, TimeSpan.FromMilliseconds(request.MaxWaitMs), cancellation);
        }

        await GiveBackAsync(session!, pass);
        var reply = new ShareReplies(cluster, table, context).Of(pass, acknowledged, isFull: request.ShareSessionEpoch == ShareSession.InitialEpoch);
        reply.AcquisitionLockTimeoutMs = (int)shares.Settings.Of(request.GroupId!).Limits.LockDurationMs;
        return reply;
    }

    private static List<KeyValuePair<SharedTopicPartition, List<Acknowledgement>>> Acknowledgements(ShareFetchRequest request) =>
    [
        .. request.Topics.SelectMany(static topic => topic.Partitions.Where(static partition => partition.AcknowledgementBatches.Count > 0)
            .Select(partition => KeyValuePair.Create(
                new SharedTopicPartition(topic.TopicId, partition.PartitionIndex),
                partition.AcknowledgementBatches.ConvertAll(static batch => new Acknowledgement(batch.FirstOffset, batch.LastOffset, batch.AcknowledgeTypes))))),
    ];

    /// <summary>Finds the session that the request begins, goes on with or ends.</summary>
    private ErrorCode Enter(ShareFetchRequest request, RequestContext context, out ShareSession? session)
    {
        var named = request.Topics.SelectMany(static topic => topic.Partitions.Select(partition => new SharedTopicPartition(topic.TopicId, partition.PartitionIndex))).ToList();
        switch (request.ShareSessionEpoch)
        {
            case ShareSession.InitialEpoch:
                return shares.Sessions.Begin(request.GroupId!, request.MemberId!, context.Connection, named, out session);
            case ShareSession.FinalEpoch:
                return shares.Sessions.End(request.GroupId!, request.MemberId!, out session);
        }

        var error = shares.Sessions.Continue(request.GroupId!, request.MemberId!, request.ShareSessionEpoch, out session);
        session?.Update(
            named, request.ForgottenTopicsData.SelectMany(static topic => topic.Partitions.Select(partition => new SharedTopicPartition(topic.TopicId, partition))));
        return error;
    }

    private async ValueTask WaitAsync(ShareFetchPass pass, TimeSpan time, CancellationToken cancellation)
    {
        using var wait = new FetchWait(time, clock, cancellation, stopping);
        while (true)
        {
            // Looked at again only now that changes are watched: none can slip by between the look and the wait. Whether it is over is asked before, so that the
            // last look comes after the end.
            var isOver = wait.IsOver;
            pass.Watch(wait);
            if (await pass.RunAsync(isOver))
            {
                return;
            }

            if (pass.IsWatched)
            {
                await wait.NextAsync();
            }
        }
    }

    /// <summary>A session that ended while records were acquired for it has been released already: nobody else would give them back before their locks end.</summary>
    private async ValueTask GiveBackAsync(ShareSession session, ShareFetchPass pass)
    {
        if (session.IsEnded)
        {
            await shares.Members.ReleaseAsync(session.GroupId, session.MemberId, [.. pass.Targets.Where(static target => target.Acquired.Count > 0).Select(static target => target.Name)]);
        }
    }
}
