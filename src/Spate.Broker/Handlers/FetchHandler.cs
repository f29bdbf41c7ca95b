using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Fetching;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Handlers;

/// <summary>
/// Fetch 0 to 18: record batches from an offset on, as they lie on disk. A fetch that finds fewer than <c>min_bytes</c> waits for appends, up
/// to <c>max_wait_ms</c>. Versions 0 to 3 get the message formats of their time. From version 7 on a client may keep a session (KIP-227) and
/// name only what changes; from 13 on topics are named by id (KIP-516); 16 tells where the leader is (KIP-951). When the broker stops, fetches
/// that wait are answered with what there is.
/// </summary>
public sealed class FetchHandler : RequestHandler<FetchRequest, FetchResponse>
{
    private const short FirstVersionOfSessions = 7;

    private readonly PartitionTable _partitions;
    private readonly ClusterView _cluster;
    private readonly BrokerSettings _settings;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _stopping;
    private readonly FetchSessionCache _sessions;
    private readonly OlderFormat _olderFormat;

    /// <param name="partitions">The partitions that this node leads.</param>
    /// <param name="cluster">Where clients find this node.</param>
    /// <param name="settings"><c>fetch.max.bytes</c> and <c>max.incremental.fetch.session.cache.slots</c>.</param>
    /// <param name="clock">Measures waits and the age of sessions.</param>
    /// <param name="random">Makes ids of sessions; used by nobody else.</param>
    /// <param name="stopping">Cancelled when the broker stops.</param>
    public FetchHandler(
        PartitionTable partitions, ClusterView cluster, BrokerSettings settings, TimeProvider clock, Random random, CancellationToken stopping)
    {
        _partitions = partitions;
        _cluster = cluster;
        _settings = settings;
        _clock = clock;
        _stopping = stopping;
        _sessions = new FetchSessionCache(() => settings.Values.Get(BrokerKeys.FetchSessionSlots), clock, random);
        _olderFormat = new OlderFormat(clock);
    }

    /// <summary>The sessions that there are, for tests and for those who measure.</summary>
    internal FetchSessionCache Sessions => _sessions;

    protected override ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!FetchTerms.KnowsIsolation(request))
        {
            return new ValueTask<FetchResponse?>(Refuse(request, context.ApiVersion, ErrorCode.InvalidRequest));
        }

        return request.SessionEpoch is FetchSession.InitialEpoch or FetchSession.FinalEpoch
            ? AnswerFullAsync(request, context, cancellation)
            : AnswerNextAsync(request, context, cancellation);
    }

    /// <summary>A refusal of the whole request, said of each partition where there is no other place for it.</summary>
    private static FetchResponse Refuse(FetchRequest request, short version, ErrorCode error)
    {
        var reply = new FetchResponse { ErrorCode = error };
        if (version >= FirstVersionOfSessions)
        {
            return reply;
        }

        foreach (var topic in request.Topics)
        {
            var answers = new FetchResponse.FetchableTopicResponse { Topic = topic.Topic };
            foreach (var asked in topic.Partitions)
            {
                answers.Partitions.Add(new FetchResponse.PartitionData
                {
                    PartitionIndex = asked.Partition,
                    ErrorCode = error,
                    HighWatermark = -1,
                    Records = RecordsPayload.Empty,
                });
            }

            reply.Responses.Add(answers);
        }

        return reply;
    }

    /// <summary>A fetch that says all that it wants. It ends the session that it names, and begins one unless it is of the final epoch.</summary>
    private async ValueTask<FetchResponse?> AnswerFullAsync(FetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (request.SessionId != 0)
        {
            _sessions.End(request.SessionId);
        }

        var terms = TermsOf(request, context);
        var partitions = FetchedPartitions.Of(request.Topics);
        var isKept = false;
        try
        {
            var reply = await AnswerAsync(request, context, new FetchPass(_partitions, partitions, terms, isIncremental: false), partitions, cancellation);
            if (request.SessionEpoch == FetchSession.InitialEpoch && context.ApiVersion >= FirstVersionOfSessions && partitions.Count > 0
                && _sessions.TryBegin(partitions, terms.IsFollower, terms.NamesTopicsById) is { } session)
            {
                isKept = true;
                reply.SessionId = session.Id;
            }

            return reply;
        }
        finally
        {
            if (!isKept)
            {
                partitions.Dispose();
            }
        }
    }

    /// <summary>A fetch that goes on with a session.</summary>
    private async ValueTask<FetchResponse?> AnswerNextAsync(FetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        var session = _sessions.Find(request.SessionId);
        if (session is null || !await session.EnterAsync(cancellation))
        {
            return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };
        }

        try
        {
            var terms = TermsOf(request, context);
            if (request.SessionEpoch != session.NextEpoch)
            {
                return new FetchResponse { ErrorCode = ErrorCode.InvalidFetchSessionEpoch };
            }

            if (terms.NamesTopicsById != session.NamesTopicsById)
            {
                return new FetchResponse { ErrorCode = ErrorCode.FetchSessionTopicIdError };
            }

            session.Partitions.Update(request.Topics);
            session.Partitions.Forget(request.ForgottenTopicsData);
            if (session.Partitions.Count == 0)
            {
                // Nothing is left of it: the client learns from the id that there is no session any more.
                _sessions.End(session);
                return new FetchResponse();
            }

            if (!_sessions.Touch(session))
            {
                return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };
            }

            session.Advance();
            var reply = await AnswerAsync(request, context, new FetchPass(_partitions, session.Partitions, terms, isIncremental: true), session.Partitions, cancellation);
            reply.SessionId = session.Id;
            return reply;
        }
        finally
        {
            session.Leave();
        }
    }

    private FetchTerms TermsOf(FetchRequest request, RequestContext context) => new(request, context.ApiVersion, _settings.FetchMaxBytes, _cluster.NodeId);

    private async ValueTask<FetchResponse> AnswerAsync(
        FetchRequest request, RequestContext context, FetchPass fetch, FetchedPartitions partitions, CancellationToken cancellation)
    {
        try
        {
            fetch.Run();
            if (!fetch.IsEnough && request.MaxWaitMs > 0)
            {
                await WaitAsync(fetch, partitions, TimeSpan.FromMilliseconds(request.MaxWaitMs), cancellation);
            }

            if (OlderFormat.IsAskedFor(context.ApiVersion))
            {
                await _olderFormat.ConvertAsync(fetch.Answers, context.ApiVersion, TimeSpan.FromMilliseconds(Math.Max(0, request.MaxWaitMs)), cancellation);
            }

            var reply = fetch.TakeReply();
            if (fetch.Terms.TellsLeaders)
            {
                TellLeaders(reply, context);
            }

            return reply;
        }
        finally
        {
            // What was not taken is let go of, also when something failed on the way.
            fetch.Release();
        }
    }

    private async ValueTask WaitAsync(FetchPass fetch, FetchedPartitions partitions, TimeSpan time, CancellationToken cancellation)
    {
        using var wait = new FetchWait(time, _clock, cancellation, _stopping);
        partitions.WakeOnChange(wait);
        try
        {
            while (true)
            {
                // Looked at again only now that changes are watched: none can slip by between the look and the wait. Whether it is over is
                // asked before, so that the last look comes after the end.
                var isOver = wait.IsOver;
                fetch.Watch();
                fetch.Run();
                if (fetch.IsEnough || isOver)
                {
                    return;
                }

                // Files are not held open while nobody reads them.
                fetch.Release();
                await wait.NextAsync();
            }
        }
        finally
        {
            partitions.WakeOnChange(null);
        }
    }

    /// <summary>Who asked the wrong node, or with the wrong epoch, is told where the leader is, and saved a look at the metadata.</summary>
    private void TellLeaders(FetchResponse reply, RequestContext context)
    {
        if (reply.Responses.Exists(static topic => topic.Partitions.Exists(static partition => partition.CurrentLeader is not null)))
        {
            var self = _cluster.Self(context.Connection.ListenerName);
            reply.NodeEndpoints = [new FetchResponse.NodeEndpoint { NodeId = self.Id, Host = self.Host, Port = self.Port }];
        }
    }
}
