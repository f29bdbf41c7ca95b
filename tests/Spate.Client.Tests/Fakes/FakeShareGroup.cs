using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// A share group of one member and the leader of topic "t": gives what the test has put there, holds the member to its session's epochs and to what it has acquired, and keeps what it is told. Errors that
/// the test queues up for an API are answered first, one each.
/// </summary>
internal sealed class FakeShareGroup(FakeCluster cluster, int partitions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ApiKey, Queue<ErrorCode>> _errors = [];
    private readonly SortedDictionary<(int Partition, long Offset), (byte[]? Value, short Deliveries, string State)> _records = [];
    private readonly List<string> _asked = [];
    private readonly HashSet<int> _remembered = [];
    private int _epoch;

    /// <summary>The error for each acknowledgement of a partition.</summary>
    public ErrorCode AcknowledgeError { get; set; }

    /// <summary>The error for each fetch of the first partition.</summary>
    public ErrorCode FetchError { get; set; }

    /// <summary>How often requests for records have come.</summary>
    public int Fetches { get; private set; }

    /// <summary>When the next heartbeat is due.</summary>
    public int HeartbeatIntervalMs { get; set; } = 100_000;

    /// <summary>Every request in words, fetches without acknowledgements left out.</summary>
    public List<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>What is left of each record: free, held, accepted or rejected.</summary>
    public List<string> States
    {
        get
        {
            lock (_gate)
            {
                return [.. _records.Values.Select(static record => record.State)];
            }
        }
    }

    public void Put(int partition, long offset, byte[]? value)
    {
        lock (_gate)
        {
            _records[(partition, offset)] = (value, 0, "free");
        }
    }

    public void Fail(ApiKey api, params ErrorCode[] errors)
    {
        lock (_gate)
        {
            if (!_errors.TryGetValue(api, out var queue))
            {
                _errors.Add(api, queue = []);
            }

            Array.ForEach(errors, queue.Enqueue);
        }
    }

    /// <summary>Makes a fake broker coordinate the group and lead the topic.</summary>
    public FakeBroker Attach(FakeBroker broker, short highest = 2)
    {
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 4, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = [.. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = 1, Host = "127.0.0.1", Port = broker.Port })],
        });
        broker.On<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(ApiKey.ShareGroupHeartbeat, 0, 1, (request, _) => Beat(request));
        broker.On<ShareFetchRequest, ShareFetchResponse>(ApiKey.ShareFetch, 1, highest, (request, _) => Fetch(request));
        return broker.On<ShareAcknowledgeRequest, ShareAcknowledgeResponse>(ApiKey.ShareAcknowledge, 1, highest, (request, _) => Acknowledge(request));
    }

    private ErrorCode Next(ApiKey api) => _errors.TryGetValue(api, out var queue) && queue.TryDequeue(out var next) ? next : ErrorCode.None;

    private ShareGroupHeartbeatResponse Beat(ShareGroupHeartbeatRequest request)
    {
        lock (_gate)
        {
            var error = Next(ApiKey.ShareGroupHeartbeat);
            _asked.Add($"beat {request.MemberEpoch} [{string.Join(' ', request.SubscribedTopicNames ?? [])}]{(error == ErrorCode.None ? "" : $": {error}")}");
            return new ShareGroupHeartbeatResponse
            {
                ErrorCode = error,
                MemberId = request.MemberId,
                MemberEpoch = request.MemberEpoch < 0 ? request.MemberEpoch : 5,
                HeartbeatIntervalMs = HeartbeatIntervalMs,
                Assignment = request.MemberEpoch == 0 ? new() { TopicPartitions = [new() { TopicId = cluster.IdOf("t"), Partitions = [.. Enumerable.Range(0, partitions)] }] } : null,
            };
        }
    }

    private ShareFetchResponse Fetch(ShareFetchRequest request)
    {
        lock (_gate)
        {
            var response = new ShareFetchResponse { AcquisitionLockTimeoutMs = 30_000, ErrorCode = Judge(ApiKey.ShareFetch, request.ShareSessionEpoch) };
            if (response.ErrorCode != ErrorCode.None)
            {
                return response;
            }

            Fetches++;
            var topic = new ShareFetchResponse.ShareFetchableTopicResponse { TopicId = cluster.IdOf("t") };
            response.Responses.Add(topic);
            request.Topics.ForEach(one => one.Partitions.ForEach(partition => _remembered.Add(partition.PartitionIndex)));
            request.ForgottenTopicsData.ForEach(one => one.Partitions.ForEach(index => _remembered.Remove(index)));
            if (FetchError != ErrorCode.None && _remembered.Contains(0))
            {
                topic.Partitions.Add(new ShareFetchResponse.PartitionData { PartitionIndex = 0, ErrorCode = FetchError });
            }

            foreach (var partition in request.Topics.SelectMany(static one => one.Partitions).Where(static one => one.AcknowledgementBatches.Count > 0))
            {
                topic.Partitions.Add(new ShareFetchResponse.PartitionData
                {
                    PartitionIndex = partition.PartitionIndex,
                    AcknowledgeErrorCode = Take("fetch", partition.PartitionIndex, partition.AcknowledgementBatches.Select(static one => (one.FirstOffset, one.LastOffset, one.AcknowledgeTypes[0]))),
                });
            }

            foreach (var index in Enumerable.Range(0, partitions).Where(index => _remembered.Contains(index) && (index > 0 || FetchError == ErrorCode.None)))
            {
                Give(topic, index, request.MaxRecords);
            }

            return response;
        }
    }

    private void Give(ShareFetchResponse.ShareFetchableTopicResponse topic, int index, int most)
    {
        var free = _records.Where(pair => pair.Key.Partition == index && pair.Value.State == "free").Take(most).ToList();
        if (free.Count == 0)
        {
            return;
        }

        var partition = topic.Partitions.Find(one => one.PartitionIndex == index);
        if (partition is null)
        {
            topic.Partitions.Add(partition = new ShareFetchResponse.PartitionData { PartitionIndex = index });
        }

        var bytes = new List<byte>();
        foreach (var (place, record) in free)
        {
            _records[place] = (record.Value, (short)(record.Deliveries + 1), "held");
            partition.AcquiredRecords.Add(new ShareFetchResponse.AcquiredRecords { FirstOffset = place.Offset, LastOffset = place.Offset, DeliveryCount = (short)(record.Deliveries + 1) });
            if (record.Value is { } value)
            {
                using var builder = new RecordBatchBuilder();
                builder.Reset(new RecordBatchOptions { BaseOffset = place.Offset });
                builder.Append(0, NullableBytes.Null, value, []);
                bytes.AddRange(builder.Build().ToArray());
            }
        }

        partition.Records = (ReadOnlyMemory<byte>)bytes.ToArray();
    }

    private ShareAcknowledgeResponse Acknowledge(ShareAcknowledgeRequest request)
    {
        lock (_gate)
        {
            var isLast = request.ShareSessionEpoch == -1;
            var response = new ShareAcknowledgeResponse { ErrorCode = isLast ? ErrorCode.None : Judge(ApiKey.ShareAcknowledge, request.ShareSessionEpoch) };
            if (response.ErrorCode != ErrorCode.None)
            {
                return response;
            }

            var topic = new ShareAcknowledgeResponse.ShareAcknowledgeTopicResponse { TopicId = cluster.IdOf("t") };
            response.Responses.Add(topic);
            foreach (var partition in request.Topics.SelectMany(static one => one.Partitions))
            {
                topic.Partitions.Add(new ShareAcknowledgeResponse.PartitionData
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = Take(isLast ? "close" : request.IsRenewAck ? "renew" : "ack", partition.PartitionIndex, partition.AcknowledgementBatches.Select(static one => (one.FirstOffset, one.LastOffset, one.AcknowledgeTypes[0]))),
                });
            }

            if (isLast)
            {
                _asked.Add("closed");
                EndSession();
            }

            return response;
        }
    }

    private ErrorCode Judge(ApiKey api, int epoch)
    {
        var error = Next(api);
        if (error == ErrorCode.None && epoch != 0 && epoch != _epoch)
        {
            error = ErrorCode.InvalidShareSessionEpoch;
        }

        if (error != ErrorCode.None)
        {
            _asked.Add($"{api}: {error}");
            EndSession();
            return error;
        }

        if (epoch == 0)
        {
            EndSession();
            _remembered.Clear();
        }

        _epoch = epoch + 1;
        return ErrorCode.None;
    }

    private void EndSession()
    {
        _epoch = 0;
        foreach (var (place, record) in _records.Where(static pair => pair.Value.State == "held").ToList())
        {
            _records[place] = (record.Value, record.Deliveries, "free");
        }
    }

    private ErrorCode Take(string how, int index, IEnumerable<(long First, long Last, sbyte Type)> stretches)
    {
        foreach (var (first, last, type) in stretches)
        {
            _asked.Add($"{how} {index}: {first}-{last} {new[] { "gap", "accept", "release", "reject", "renew" }[type]}");
            for (var offset = first; offset <= last; offset++)
            {
                Assert.Equal("held", _records[(index, offset)].State);
                if (AcknowledgeError == ErrorCode.None)
                {
                    _records[(index, offset)] = _records[(index, offset)] with { State = new[] { "gone", "accepted", "free", "rejected", "held" }[type] };
                }
            }
        }

        return AcknowledgeError;
    }
}
