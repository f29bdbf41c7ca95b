using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Protocol.Tests.Messages;

/// <summary>Bytes that were put together by hand from the layouts: the versions that are newer than any recorded vector, and the APIs used most.</summary>
public class HandDerivedVectorTests
{
    private const string TopicIdHex = "0102030405060708 090a0b0c0d0e0f10";
    private static readonly Uuid TopicId = new(0x0102030405060708, 0x090a0b0c0d0e0f10);

    public static TheoryData<IMessage, int, string> Vectors => new()
    {
        { new RequestHeader { RequestApiKey = 3, RequestApiVersion = 13, CorrelationId = 7, ClientId = "c" }, 2, "0003 000d 00000007 0001 63 00" },
        { new ResponseHeader { CorrelationId = 7 }, 0, "00000007" },
        { new ApiVersionsRequest { ClientSoftwareName = "ab", ClientSoftwareVersion = "1" }, 3, "03 6162 02 31 00" },
        {
            new ApiVersionsResponse
            {
                ApiKeys = [new() { ApiKey = 18, MinVersion = 0, MaxVersion = 4 }],
                FinalizedFeaturesEpoch = 5,
                FinalizedFeatures = [new() { Name = "k", MaxVersionLevel = 2, MinVersionLevel = 1 }],
            },
            3,
            "0000 02 0012 0000 0004 00 00000000 02 01 08 0000000000000005 02 08 02 02 6b 0002 0001 00"
        },
        {
            new ProduceRequest
            {
                Acks = -1,
                TimeoutMs = 30_000,
                TopicData = [new() { Name = "left out", TopicId = TopicId, PartitionData = [new() { Index = 1, Records = new byte[] { 1, 2, 3 } }] }],
            },
            13,
            $"00 ffff 00007530 02 {TopicIdHex} 02 00000001 04 010203 00 00 00"
        },
        {
            new ProduceResponse
            {
                Responses =
                [
                    new()
                    {
                        TopicId = TopicId,
                        PartitionResponses =
                        [
                            new()
                            {
                                Index = 1,
                                ErrorCode = ErrorCode.NotLeaderOrFollower,
                                BaseOffset = -1,
                                CurrentLeader = new() { LeaderId = 2, LeaderEpoch = 9 },
                            },
                        ],
                    },
                ],
                NodeEndpoints = [new() { NodeId = 2, Host = "h", Port = 9092 }],
            },
            13,
            $"02 {TopicIdHex} 02 00000001 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff 01 00 01 00 09 00000002 00000009 00 00"
                + "00000000 01 00 0d 02 00000002 02 68 00002384 00 00"
        },
        {
            new FetchRequest
            {
                ReplicaState = new() { ReplicaId = 5, ReplicaEpoch = 7 },
                MaxWaitMs = 500,
                MinBytes = 1,
                MaxBytes = 0x3200000,
                Topics =
                [
                    new()
                    {
                        TopicId = TopicId,
                        Partitions = [new() { Partition = 3, FetchOffset = 10, PartitionMaxBytes = 0x100000, HighWatermark = 9 }],
                    },
                ],
            },
            18,
            $"000001f4 00000001 03200000 00 00000000 ffffffff 02 {TopicIdHex} 02 00000003 ffffffff 000000000000000a ffffffff ffffffffffffffff"
                + "00100000 01 01 08 0000000000000009 00 01 01 01 01 0d 00000005 0000000000000007 00"
        },
        { new MetadataRequest { Topics = null }, 1, "ffffffff" },
        { new MetadataResponse { ErrorCode = ErrorCode.RebootstrapRequired }, 13, "00000000 01 00 ffffffff 01 0081 00" },
        {
            new OffsetCommitRequest
            {
                GroupId = "g",
                GenerationIdOrMemberEpoch = 5,
                MemberId = "m",
                Topics = [new() { TopicId = TopicId, Partitions = [new() { CommittedOffset = 42, CommittedLeaderEpoch = 1, CommittedMetadata = "" }] }],
            },
            10,
            $"02 67 00000005 02 6d 00 02 {TopicIdHex} 02 00000000 000000000000002a 00000001 01 00 00 00"
        },
        {
            new OffsetFetchResponse
            {
                Groups =
                [
                    new()
                    {
                        GroupId = "g",
                        Topics = [new() { TopicId = TopicId, Partitions = [new() { CommittedOffset = 42, CommittedLeaderEpoch = 1, Metadata = null }] }],
                    },
                ],
            },
            10,
            $"00000000 02 02 67 02 {TopicIdHex} 02 00000000 000000000000002a 00000001 00 0000 00 00 0000 00 00"
        },
        {
            new ShareFetchRequest
            {
                GroupId = "g",
                MemberId = "m",
                ShareSessionEpoch = 1,
                MaxWaitMs = 500,
                MinBytes = 1,
                MaxRecords = 500,
                BatchSize = 100,
                ShareAcquireMode = 1,
                IsRenewAck = true,
                Topics =
                [
                    new()
                    {
                        TopicId = TopicId,
                        Partitions = [new() { AcknowledgementBatches = [new() { LastOffset = 9, AcknowledgeTypes = [1] }] }],
                    },
                ],
            },
            2,
            $"02 67 02 6d 00000001 000001f4 00000001 7fffffff 000001f4 00000064 01 01 02 {TopicIdHex} 02 00000000"
                + "02 0000000000000000 0000000000000009 02 01 00 00 00 01 00"
        },
        { new ListConfigResourcesRequest { ResourceTypes = [16, 32] }, 1, "03 10 20 00" },
        {
            new DescribeClusterResponse { ClusterId = "c", Brokers = [new() { BrokerId = 1, Host = "h", Port = 9092, IsFenced = true }] },
            2,
            "00000000 0000 00 01 02 63 ffffffff 02 00000001 02 68 00002384 00 01 00 80000000 00"
        },
        {
            new WriteTxnMarkersRequest { Markers = [new() { ProducerId = 1, ProducerEpoch = 2, TransactionResult = true, CoordinatorEpoch = 3, TransactionVersion = 2 }] },
            2,
            "02 0000000000000001 0002 01 01 00000003 02 00 00"
        },
        {
            new ReadShareGroupStateSummaryResponse
            {
                Results = [new() { TopicId = TopicId, Partitions = [new() { StateEpoch = 1, LeaderEpoch = 2, StartOffset = 3, DeliveryCompleteCount = 4 }] }],
            },
            1,
            $"02 {TopicIdHex} 02 00000000 0000 00 00000001 00000002 0000000000000003 00000004 00 00 00"
        },
        {
            new StreamsGroupHeartbeatRequest
            {
                GroupId = "g",
                MemberId = "m",
                Topology = new() { Epoch = 1, Subtopologies = [new() { SubtopologyId = "0", SourceTopics = ["t"], CopartitionGroups = [new() { SourceTopics = [0] }] }] },
                UserEndpoint = new() { Host = "h", Port = 65_535 },
            },
            0,
            "02 67 02 6d 00000000 00000000 00 00 ffffffff 01 00000001 02 02 30 02 02 74 01 01 01 01 02 02 0000 01 01 00 00 00"
                + "00 00 00 00 01 02 68 ffff 00 00 00 00 00 00"
        },
        { new OffsetCommitValue { Offset = 5, Metadata = "", TopicId = TopicId }, 4, $"0000000000000005 ffffffff 01 0000000000000000 01 00 10 {TopicIdHex}" },
        {
            new TransactionLogValue { ProducerId = 1, TransactionPartitions = null, NextProducerEpoch = 2 },
            1,
            "0000000000000001 0000 00000000 00 00 0000000000000000 0000000000000000 01 03 02 0002"
        },
        {
            new PartitionChangeRecord { PartitionId = 1, TopicId = TopicId, Isr = [1, 2], Leader = 1 },
            0,
            $"00000001 {TopicIdHex} 02 00 09 03 00000001 00000002 01 04 00000001"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Message_is_written_as_derived_and_reads_back(IMessage message, int version, string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", ""));

        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(MessageType.Encode(message, (short)version)));
        var read = MessageType.Named(message.GetType().Name).Decode(bytes, (short)version);
        Assert.Equal(bytes, MessageType.Encode(read, (short)version));
    }
}
