using Spate.Client.Consuming;
using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Client.Telemetry;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Sharing;

/// <summary>
/// One request of a share session and what comes of it. Whether a leader has heard of a request that was not answered is not known, and it lets go of all that was acquired when the
/// connection ends: so any failure of a request is the end of its session, and acknowledgements in it are told to have failed.
/// </summary>
internal sealed class ShareExchange(Cluster cluster, ShareConsumerOptions options, ShareLedger ledger, ShareWatch watch, string memberId, int lane)
{
    /// <summary>Offsets in one stretch that are believed to have been acquired; brokers hold 10,000 of a partition at most.</summary>
    private const int AcquiredMax = 1 << 20;

    public Task FetchAsync(ShareNode node, Dictionary<TopicPartition, Uuid> wanted, CancellationToken cancellationToken) => RunAsync(
        node,
        node.Pending,
        ApiKey.ShareFetch,
        async groups =>
        {
            var connection = await cluster.Brokers.Find(node.Id, lane).ConnectAsync(cancellationToken).ConfigureAwait(false);
            var version = connection.Versions.Choose(ApiKey.ShareFetch);
            var reply = await connection.SendAsync(ShareRequests.Fetch(options, memberId, node, wanted, groups, version), version, cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
            var frame = new FetchedFrame(reply);
            try
            {
                Require(reply.Message.ErrorCode, ApiKey.ShareFetch, connection.Broker, reply.Message.ErrorMessage);
                Take(node, wanted, reply.Message, frame);
                return reply.Message.Responses
                    .SelectMany(static topic => topic.Partitions.Select(partition => (topic.TopicId, partition.PartitionIndex, partition.AcknowledgeErrorCode, partition.AcknowledgeErrorMessage)))
                    .ToDictionary(static each => (each.TopicId, each.PartitionIndex), static each => (each.AcknowledgeErrorCode, each.AcknowledgeErrorMessage));
            }
            finally
            {
                frame.Release();
            }
        },
        cancellationToken);

    public Task AcknowledgeAsync(ShareNode node, CancellationToken cancellationToken) =>
        RunAsync(node, node.Pending, ApiKey.ShareAcknowledge, groups => SayAsync(node, groups, node.SessionEpoch, isRenewal: false, cancellationToken), cancellationToken);

    public Task RenewAsync(ShareNode node, CancellationToken cancellationToken) =>
        RunAsync(node, node.Renewals, ApiKey.ShareAcknowledge, groups => SayAsync(node, groups, node.SessionEpoch, isRenewal: true, cancellationToken), cancellationToken);

    /// <summary>The last words to a leader: what is acknowledged counts, and the rest is released.</summary>
    public async Task CloseAsync(ShareNode node, CancellationToken patience)
    {
        List<AcknowledgementGroup> groups;
        lock (ledger.Gate)
        {
            if (!node.HasSession)
            {
                return;
            }

            groups = [.. node.Pending.Values];
            node.Pending.Clear();
        }

        KafkaException? failure = null;
        var answers = new Dictionary<(Uuid, int), (ErrorCode, string?)>();
        try
        {
            answers = await SayAsync(node, groups, ShareRequests.FinalEpoch, isRenewal: false, patience).ConfigureAwait(false);
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            failure = Unanswered(node);
        }

        Answer(groups, answers, failure);
        List<AcknowledgementGroup> lost;
        lock (ledger.Gate)
        {
            lost = node.EndSession();
        }

        Answer(lost, [], Unanswered(node));
    }

    private async Task RunAsync(
        ShareNode node,
        Dictionary<TopicPartition, AcknowledgementGroup> pending,
        ApiKey api,
        Func<IReadOnlyCollection<AcknowledgementGroup>, Task<Dictionary<(Uuid, int), (ErrorCode Code, string? Said)>>> ask,
        CancellationToken cancellationToken)
    {
        List<AcknowledgementGroup> groups;
        lock (ledger.Gate)
        {
            groups = [.. pending.Values];
            pending.Clear();
            node.Sent.AddRange(groups);
            node.IsFlushing &= node.Pending.Count > 0;
        }

        KafkaException? failure = null;
        var answers = new Dictionary<(Uuid, int), (ErrorCode Code, string? Said)>();
        try
        {
            answers = await ask(groups).ConfigureAwait(false);
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (ObjectDisposedException)
        {
            failure = new KafkaConnectionException($"Broker {node.Id} has left the cluster or moved.");
        }
        catch (OperationCanceledException)
        {
            // The consumer ends, and its sessions with it; what was sent may have been heard.
            failure = Unanswered(node);
        }
        catch (Exception fault)
        {
            // Such as an answer that makes no sense: without a word, whoever waits for records or results would wait for ever.
            failure = new KafkaException(ErrorCode.UnknownServerError, $"What broker {node.Id} answered to {api} could not be understood: {fault.Message}", fault) { IsRetriable = false };
        }

        Answer(groups, answers, failure);
        List<AcknowledgementGroup> lost = [];
        lock (ledger.Gate)
        {
            node.Sent.Clear();
            if (failure is null)
            {
                node.Failures = 0;
                node.GoOn();
            }
            else if (failure.ErrorCode != ErrorCode.UnsupportedVersion)
            {
                // Any other may have been heard.
                lost = node.EndSession();
                node.Failures++;
                node.RetryAt = cluster.Clock.GetTimestamp() + (long)(cluster.Options.NewRetryBackoff().After(node.Failures, cluster.Chance).TotalSeconds * cluster.Clock.TimestampFrequency);
            }
        }

        Answer(lost, [], failure);
        if (failure is { IsRetriable: true })
        {
            cluster.Metadata.Invalidate();
        }
        else if (failure is not null && api == ApiKey.ShareFetch)
        {
            ledger.Tell(failure.ErrorCode == ErrorCode.GroupAuthorizationFailed
                ? new KafkaGroupException(failure.ErrorCode, options.GroupId, failure.Message, failure)
                : failure);
        }
    }

    private async Task<Dictionary<(Uuid, int), (ErrorCode Code, string? Said)>> SayAsync(
        ShareNode node, IReadOnlyCollection<AcknowledgementGroup> groups, int epoch, bool isRenewal, CancellationToken cancellationToken)
    {
        var began = cluster.Clock.GetTimestamp();
        KafkaException? failure = null;
        try
        {
            return await AskAsync(node, groups, epoch, isRenewal, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
            throw;
        }
        finally
        {
            if (groups.Count > 0)
            {
                watch.Told(node.Id, began, failure);
            }
        }
    }

    private async Task<Dictionary<(Uuid, int), (ErrorCode Code, string? Said)>> AskAsync(
        ShareNode node, IReadOnlyCollection<AcknowledgementGroup> groups, int epoch, bool isRenewal, CancellationToken cancellationToken)
    {
        var link = cluster.Brokers.Find(node.Id, lane);
        using var reply = await link.AskAsync<ShareAcknowledgeRequest, ShareAcknowledgeResponse>(
            version => ShareRequests.Acknowledge(options.GroupId, memberId, epoch, isRenewal, groups, version), cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        Require(reply.Message.ErrorCode, ApiKey.ShareAcknowledge, link.Name, reply.Message.ErrorMessage);
        return reply.Message.Responses
            .SelectMany(static topic => topic.Partitions.Select(partition => (topic.TopicId, partition.PartitionIndex, partition.ErrorCode, partition.ErrorMessage)))
            .ToDictionary(static each => (each.TopicId, each.PartitionIndex), static each => (each.ErrorCode, each.ErrorMessage));
    }

    /// <summary>Takes over what a fetch has brought, and what it says of partitions.</summary>
    private void Take(ShareNode node, Dictionary<TopicPartition, Uuid> wanted, ShareFetchResponse response, FetchedFrame frame)
    {
        var names = wanted.ToDictionary(static pair => (pair.Value, pair.Key.Partition), static pair => pair.Key);
        var failures = new List<KafkaException>();
        lock (ledger.Gate)
        {
            node.Remembered.Clear();
            foreach (var (name, topicId) in wanted)
            {
                node.Remembered.Add(name, topicId);
            }

            ledger.Rests.Settle(wanted.Keys, [.. Refused(response, names)]);
            var lockedUntil = response.AcquisitionLockTimeoutMs > 0
                ? cluster.Clock.GetTimestamp() + (long)(response.AcquisitionLockTimeoutMs / 1000.0 * cluster.Clock.TimestampFrequency)
                : long.MaxValue;
            foreach (var topic in response.Responses)
            {
                foreach (var partition in topic.Partitions.Where(partition => names.ContainsKey((topic.TopicId, partition.PartitionIndex))))
                {
                    var name = names[(topic.TopicId, partition.PartitionIndex)];
                    if (partition.ErrorCode != ErrorCode.None)
                    {
                        failures.Add(BrokerFailure.Of(partition.ErrorCode, ApiKey.ShareFetch, cluster.Metadata.Current.NameOf(node.Id), null, name, partition.ErrorMessage));
                        cluster.Metadata.Learn(
                            partition.CurrentLeader.LeaderId < 0 ? [] : [new LearntLeader(name, partition.CurrentLeader.LeaderId, partition.CurrentLeader.LeaderEpoch)],
                            [.. response.NodeEndpoints.Select(static end => new NodeMetadata(end.NodeId, new ServerAddress(end.Host, end.Port), end.Rack))]);
                    }
                    else if (partition.AcquiredRecords.Count > 0)
                    {
                        ledger.Add(Open(node, name, topic.TopicId, partition, lockedUntil, frame));
                    }
                }
            }
        }

        foreach (var failure in failures)
        {
            if (failure.IsRetriable)
            {
                cluster.Metadata.Invalidate();
            }
            else
            {
                ledger.Tell(failure);
            }
        }
    }

    private static IEnumerable<TopicPartition> Refused(ShareFetchResponse response, Dictionary<(Uuid, int), TopicPartition> names) => response.Responses
        .SelectMany(static topic => topic.Partitions.Where(static partition => partition.ErrorCode != ErrorCode.None).Select(partition => (topic.TopicId, partition.PartitionIndex)))
        .Where(names.ContainsKey)
        .Select(place => names[place]);

    private ShareChunk Open(ShareNode node, TopicPartition name, Uuid topicId, ShareFetchResponse.PartitionData partition, long lockedUntil, FetchedFrame frame)
    {
        var lease = new ShareLease(node, node.SessionNumber, name, topicId) { LockedUntil = lockedUntil };
        foreach (var acquired in partition.AcquiredRecords)
        {
            if (acquired.FirstOffset < 0 || acquired.LastOffset < acquired.FirstOffset || acquired.LastOffset - acquired.FirstOffset >= AcquiredMax)
            {
                throw new KafkaException(ErrorCode.InvalidRecordState, $"Broker {node.Id} gives records {acquired.FirstOffset} to {acquired.LastOffset} of {name}, which makes no sense.") { IsRetriable = false, Partition = name };
            }

            lease.Acquire(acquired.FirstOffset, acquired.LastOffset, acquired.DeliveryCount);
        }

        frame.Hold();
        var first = partition.AcquiredRecords[0].FirstOffset;
        return new ShareChunk(new FetchedChunk(new PartitionCursor(name, start: null), Generation: 0, first, partition.Records.Bytes, [], frame), lease) { NextOffset = first };
    }

    private void Answer(IEnumerable<AcknowledgementGroup> groups, Dictionary<(Uuid, int), (ErrorCode Code, string? Said)> answers, KafkaException? failure)
    {
        foreach (var group in groups)
        {
            // A leader that says nothing of a partition has nothing to say against what was acknowledged there.
            var (code, said) = answers.GetValueOrDefault((group.TopicId, group.Name.Partition));
            ledger.Answer(group, failure ?? (code == ErrorCode.None ? null : BrokerFailure.Of(code, ApiKey.ShareAcknowledge, null, null, group.Name, said)));
        }
    }

    private static KafkaConnectionException Unanswered(ShareNode node) =>
        new($"The consumer ended before broker {node.Id} had answered: whether it has heard the acknowledgements is not known.");

    private static void Require(ErrorCode code, ApiKey api, string broker, string? said)
    {
        if (code != ErrorCode.None)
        {
            throw BrokerFailure.Of(code, api, broker, "the share session", partition: null, said);
        }
    }
}
