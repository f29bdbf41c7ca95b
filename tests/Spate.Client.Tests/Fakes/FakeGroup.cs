using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// The coordinator of a group with one member, who leads it: says what the test wants said, and keeps what it is told. Errors that the test queues up for an API are answered first, one each.
/// </summary>
internal sealed class FakeGroup
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ApiKey, Queue<ErrorCode>> _errors = [];
    private readonly Dictionary<TopicPartition, long> _offsets = [];
    private readonly List<IRequestMessage> _requests = [];

    /// <summary>Who coordinates.</summary>
    public int Coordinator { get; set; } = 1;

    public string MemberId { get; set; } = "member-1";

    public int Generation { get; set; } = 1;

    /// <summary>What the group of the new protocol wants its member to have, by topic; null for no change.</summary>
    public ConsumerGroupHeartbeatResponse.MemberAssignment? Assignment { get; set; }

    public List<IRequestMessage> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public List<TRequest> All<TRequest>() => [.. Requests.OfType<TRequest>()];

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

    public void Commit(TopicPartition name, long offset)
    {
        lock (_gate)
        {
            _offsets[name] = offset;
        }
    }

    public long? Committed(TopicPartition name)
    {
        lock (_gate)
        {
            return _offsets.TryGetValue(name, out var offset) ? offset : null;
        }
    }

    /// <summary>Makes a broker take part.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="isOld">With the versions of Kafka 2.1 alone.</param>
    public FakeBroker Attach(FakeBroker broker, bool isOld = false)
    {
        short Top(short old, short now) => isOld ? old : now;
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, Top(2, 6), (request, _) =>
        {
            var error = Take(ApiKey.FindCoordinator, request);
            return isOld
                ? new FindCoordinatorResponse { ErrorCode = error, NodeId = Coordinator, Host = "127.0.0.1", Port = broker.Port }
                : new FindCoordinatorResponse { Coordinators = [new() { Key = request.CoordinatorKeys[0], ErrorCode = error, NodeId = Coordinator, Host = "127.0.0.1", Port = broker.Port }] };
        });
        broker.On<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, Top(3, 9), (request, call) => new JoinGroupResponse
        {
            ErrorCode = Take(ApiKey.JoinGroup, request) is not ErrorCode.None and var error ? error : !isOld && request.MemberId.Length == 0 && request.GroupInstanceId is null ? ErrorCode.MemberIdRequired : ErrorCode.None,
            MemberId = MemberId,
            Leader = MemberId,
            GenerationId = Generation,
            ProtocolType = "consumer",
            ProtocolName = request.Protocols[0].Name,
            Members = [new() { MemberId = MemberId, GroupInstanceId = call.Version < 5 ? null : request.GroupInstanceId, Metadata = request.Protocols[0].Metadata.ToArray() }],
        });
        broker.On<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, 0, Top(2, 5), (request, _) => new SyncGroupResponse
        {
            ErrorCode = Take(ApiKey.SyncGroup, request),
            Assignment = request.Assignments.Count > 0 ? request.Assignments[0].Assignment.ToArray() : default(ReadOnlyMemory<byte>),
        });
        broker.On<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat, 0, Top(2, 4), (request, _) => new HeartbeatResponse { ErrorCode = Take(ApiKey.Heartbeat, request) });
        broker.On<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, Top(2, 5), (request, _) => new LeaveGroupResponse { ErrorCode = Take(ApiKey.LeaveGroup, request) });
        broker.On<OffsetCommitRequest, OffsetCommitResponse>(ApiKey.OffsetCommit, 0, Top(6, 9), (request, _) => Commit(request));
        broker.On<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, 0, Top(5, 9), (request, call) => Fetch(request, call.Version));
        if (!isOld)
        {
            broker.On<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, 0, 1, (request, _) => Beat(request));
        }

        // Nothing is ever written here, so a fetch waits for as long as the test lasts.
        broker.On<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, Top(10, 12), static (_, _) => (FetchResponse?)null);
        return broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, Top(4, 7), (request, _) => new ListOffsetsResponse
        {
            Topics = [.. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = topic.Name, Partitions = [.. topic.Partitions.Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex, Offset = 0 })],
            })],
        });
    }

    private ErrorCode Take(ApiKey api, IRequestMessage request)
    {
        lock (_gate)
        {
            _requests.Add(request);
            return _errors.TryGetValue(api, out var queue) && queue.TryDequeue(out var error) ? error : ErrorCode.None;
        }
    }

    private OffsetCommitResponse Commit(OffsetCommitRequest request)
    {
        var error = Take(ApiKey.OffsetCommit, request);
        var response = new OffsetCommitResponse();
        foreach (var topic in request.Topics)
        {
            response.Topics.Add(new() { Name = topic.Name, Partitions = [.. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = error })] });
            if (error == ErrorCode.None)
            {
                topic.Partitions.ForEach(partition => Commit(new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset));
            }
        }

        return response;
    }

    private OffsetFetchResponse Fetch(OffsetFetchRequest request, short version)
    {
        var error = Take(ApiKey.OffsetFetch, request);
        if (version < 8)
        {
            return new OffsetFetchResponse
            {
                ErrorCode = version < 2 ? ErrorCode.None : error,
                Topics = [.. request.Topics!.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions = [.. topic.PartitionIndexes.Select(index => new OffsetFetchResponse.OffsetFetchResponsePartition { PartitionIndex = index, CommittedOffset = Committed(new(topic.Name, index)) ?? -1 })],
                })],
            };
        }

        return new OffsetFetchResponse
        {
            Groups = [.. request.Groups.Select(group => new OffsetFetchResponse.OffsetFetchResponseGroup
            {
                GroupId = group.GroupId,
                ErrorCode = error,
                Topics = [.. group.Topics!.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
                {
                    Name = topic.Name,
                    Partitions = [.. topic.PartitionIndexes.Select(index => new OffsetFetchResponse.OffsetFetchResponsePartitions { PartitionIndex = index, CommittedOffset = Committed(new(topic.Name, index)) ?? -1 })],
                })],
            })],
        };
    }

    private ConsumerGroupHeartbeatResponse Beat(ConsumerGroupHeartbeatRequest request)
    {
        var error = Take(ApiKey.ConsumerGroupHeartbeat, request);
        lock (_gate)
        {
            var assignment = error == ErrorCode.None ? Assignment : null;
            Assignment = error == ErrorCode.None ? null : Assignment;
            return new ConsumerGroupHeartbeatResponse
            {
                ErrorCode = error,
                MemberId = request.MemberId,
                MemberEpoch = error == ErrorCode.None && request.MemberEpoch >= 0 ? Generation : request.MemberEpoch,
                HeartbeatIntervalMs = 20,
                Assignment = assignment,
            };
        }
    }
}
