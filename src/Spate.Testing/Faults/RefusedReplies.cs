using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>What says of all that a request asks for that it failed: the error once, where an API has one for the whole request, or for each item.</summary>
internal static class RefusedReplies
{
    public static bool AreFor(ApiKey api) =>
        ApiCatalog.TryGet(api, out var facts) && Of(ApiCatalog.CreateRequest(api), facts.HighestVersion, ErrorCode.UnknownServerError) is not null;

    /// <returns>Null where no refusal is known.</returns>
    public static IResponseMessage? Of(IRequestMessage request, short version, ErrorCode error) => request switch
    {
        ProduceRequest produce => RefusedRecords.Of(produce, error),
        FetchRequest fetch => RefusedRecords.Of(fetch, error),
        ListOffsetsRequest list => RefusedRecords.Of(list, error),
        OffsetForLeaderEpochRequest epochs => RefusedRecords.Of(epochs, error),
        DeleteRecordsRequest delete => RefusedRecords.Of(delete, error),
        MetadataRequest metadata => RefusedTopics.Of(metadata, version, error),
        DescribeTopicPartitionsRequest describe => RefusedTopics.Of(describe, error),
        CreateTopicsRequest create => RefusedTopics.Of(create, error),
        DeleteTopicsRequest delete => RefusedTopics.Of(delete, error),
        CreatePartitionsRequest create => RefusedTopics.Of(create, error),
        ElectLeadersRequest elect => RefusedTopics.Of(elect, version, error),
        DescribeProducersRequest describe => RefusedTopics.Of(describe, error),
        AlterReplicaLogDirsRequest alter => RefusedTopics.Of(alter, error),
        FindCoordinatorRequest find => RefusedGroups.Of(find, version, error),
        OffsetCommitRequest commit => RefusedGroups.Of(commit, error),
        TxnOffsetCommitRequest commit => RefusedGroups.Of(commit, error),
        OffsetFetchRequest fetch => RefusedGroups.Of(fetch, version, error),
        DescribeGroupsRequest describe => RefusedGroups.Of(describe, error),
        DeleteGroupsRequest delete => RefusedGroups.Of(delete, error),
        ConsumerGroupDescribeRequest describe => RefusedGroups.Of(describe, error),
        StreamsGroupDescribeRequest describe => RefusedGroups.Of(describe, error),
        WriteTxnMarkersRequest write => RefusedTransactions.Of(write, error),
        DescribeTransactionsRequest describe => RefusedTransactions.Of(describe, error),
        AddPartitionsToTxnRequest add => RefusedTransactions.Of(add, version, error),
        InitializeShareGroupStateRequest initialize => RefusedShares.Of(initialize, error),
        ReadShareGroupStateRequest read => RefusedShares.Of(read, error),
        WriteShareGroupStateRequest write => RefusedShares.Of(write, error),
        DeleteShareGroupStateRequest delete => RefusedShares.Of(delete, error),
        ReadShareGroupStateSummaryRequest read => RefusedShares.Of(read, error),
        DescribeConfigsRequest describe => RefusedConfigs.Of(describe, error),
        AlterConfigsRequest alter => RefusedConfigs.Of(alter, error),
        IncrementalAlterConfigsRequest alter => RefusedConfigs.Of(alter, error),
        _ => OfWhole(request, error),
    };

    /// <summary>APIs that have one error for all that was asked.</summary>
    private static IResponseMessage? OfWhole(IRequestMessage request, ErrorCode error) => request switch
    {
        ApiVersionsRequest => new ApiVersionsResponse { ErrorCode = error },
        InitProducerIdRequest => new InitProducerIdResponse { ErrorCode = error },
        AddOffsetsToTxnRequest => new AddOffsetsToTxnResponse { ErrorCode = error },
        EndTxnRequest => new EndTxnResponse { ErrorCode = error },
        ListTransactionsRequest => new ListTransactionsResponse { ErrorCode = error },
        JoinGroupRequest join => new JoinGroupResponse { ErrorCode = error, MemberId = join.MemberId, ProtocolName = "" },
        SyncGroupRequest => new SyncGroupResponse { ErrorCode = error },
        HeartbeatRequest => new HeartbeatResponse { ErrorCode = error },
        LeaveGroupRequest => new LeaveGroupResponse { ErrorCode = error },
        ConsumerGroupHeartbeatRequest beat => new ConsumerGroupHeartbeatResponse { ErrorCode = error, MemberId = beat.MemberId },
        StreamsGroupHeartbeatRequest beat => new StreamsGroupHeartbeatResponse { ErrorCode = error, MemberId = beat.MemberId },
        ShareGroupHeartbeatRequest beat => new ShareGroupHeartbeatResponse { ErrorCode = error, MemberId = beat.MemberId },
        ShareGroupDescribeRequest describe => RefusedShares.Of(describe, error),
        DescribeShareGroupOffsetsRequest describe => RefusedShares.Of(describe, error),
        AlterShareGroupOffsetsRequest => new AlterShareGroupOffsetsResponse { ErrorCode = error },
        DeleteShareGroupOffsetsRequest => new DeleteShareGroupOffsetsResponse { ErrorCode = error },
        ShareFetchRequest => new ShareFetchResponse { ErrorCode = error },
        ShareAcknowledgeRequest => new ShareAcknowledgeResponse { ErrorCode = error },
        OffsetDeleteRequest => new OffsetDeleteResponse { ErrorCode = error },
        ListGroupsRequest => new ListGroupsResponse { ErrorCode = error },
        DescribeClusterRequest => new DescribeClusterResponse { ErrorCode = error },
        DescribeLogDirsRequest => new DescribeLogDirsResponse { ErrorCode = error },
        AlterPartitionReassignmentsRequest => new AlterPartitionReassignmentsResponse { ErrorCode = error },
        ListPartitionReassignmentsRequest => new ListPartitionReassignmentsResponse { ErrorCode = error },
        UpdateFeaturesRequest => new UpdateFeaturesResponse { ErrorCode = error },
        UnregisterBrokerRequest => new UnregisterBrokerResponse { ErrorCode = error },
        ListConfigResourcesRequest => new ListConfigResourcesResponse { ErrorCode = error },
        GetTelemetrySubscriptionsRequest => new GetTelemetrySubscriptionsResponse { ErrorCode = error },
        PushTelemetryRequest => new PushTelemetryResponse { ErrorCode = error },
        _ => null,
    };
}
