using System.Globalization;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Shares;

/// <summary>A member of a share group that fetches and acknowledges in a session of its own, as a consumer does.</summary>
internal sealed class ShareMember(TestClient client, string group, string member, params (Uuid Topic, int Partition)[] partitions)
{
    public const sbyte Gap = 0;
    public const sbyte Accept = 1;
    public const sbyte Release = 2;
    public const sbyte Reject = 3;
    public const sbyte Renew = 4;

    public string Id => member;

    public TestClient Client => client;

    /// <summary>The epoch of the next request.</summary>
    public int Epoch { get; set; }

    public short Version { get; set; } = 2;

    public static async Task<ShareMember> JoinAsync(TestBroker broker, string group, string member, params (Uuid Topic, int Partition)[] partitions) =>
        new(await broker.ConnectAsync(), group, member, partitions);

    /// <summary>What the next fetch asks.</summary>
    public ShareFetchRequest Request(int recordsMax = 500, int maxWaitMs = 0, int minBytes = 1, sbyte mode = 0) => new()
    {
        GroupId = group,
        MemberId = member,
        ShareSessionEpoch = Epoch++,
        MaxWaitMs = maxWaitMs,
        MinBytes = minBytes,
        MaxBytes = 1 << 20,
        MaxRecords = recordsMax,
        BatchSize = recordsMax,
        ShareAcquireMode = mode,
        Topics = Epoch > 1
            ? []
            : [.. partitions.GroupBy(each => each.Topic).Select(each => new ShareFetchRequest.FetchTopic
            {
                TopicId = each.Key, Partitions = [.. each.Select(one => new ShareFetchRequest.FetchPartition { PartitionIndex = one.Partition })],
            })],
    };

    public Task<ShareFetchResponse> AskAsync(ShareFetchRequest request) => client.AskAsync(request, Version);

    /// <summary>What it is given of its partitions, "offset*deliveries=value" each.</summary>
    public async Task<string> FetchAsync(int recordsMax = 500, int maxWaitMs = 0, int minBytes = 1, sbyte mode = 0) =>
        Describe(await AskAsync(Request(recordsMax, maxWaitMs, minBytes, mode)));

    /// <summary>Says what became of records of its first partition; gives the error.</summary>
    public Task<ErrorCode> AcknowledgeAsync(long first, long last, params sbyte[] types) => AcknowledgeAsync(partitions[0], first, last, types);

    public async Task<ErrorCode> AcknowledgeAsync((Uuid Topic, int Partition) partition, long first, long last, params sbyte[] types)
    {
        var reply = await client.AskAsync(Acknowledgement(partition, first, last, types), Version);
        return reply.ErrorCode != ErrorCode.None ? reply.ErrorCode : reply.Responses[0].Partitions[0].ErrorCode;
    }

    public ShareAcknowledgeRequest Acknowledgement((Uuid Topic, int Partition) partition, long first, long last, params sbyte[] types) => new()
    {
        GroupId = group,
        MemberId = member,
        ShareSessionEpoch = Epoch++,
        IsRenewAck = Version >= 2 && types.Contains(Renew),
        Topics =
        [
            new()
            {
                TopicId = partition.Topic,
                Partitions =
                [
                    new()
                    {
                        PartitionIndex = partition.Partition,
                        AcknowledgementBatches = [new() { FirstOffset = first, LastOffset = last, AcknowledgeTypes = [.. types] }],
                    },
                ],
            },
        ],
    };

    /// <summary>Leaves in order: what it holds is given back.</summary>
    public async Task<ErrorCode> LeaveAsync()
    {
        Epoch = -1;
        var reply = await AskAsync(new ShareFetchRequest { GroupId = group, MemberId = member, ShareSessionEpoch = -1 });
        Epoch = 0;
        return reply.ErrorCode;
    }

    public static string Describe(ShareFetchResponse reply)
    {
        Assert.Equal((ErrorCode.None, null), (reply.ErrorCode, reply.ErrorMessage));
        var parts = new List<string>();
        foreach (var partition in reply.Responses.SelectMany(topic => topic.Partitions))
        {
            if (partition.ErrorCode != ErrorCode.None || partition.AcknowledgeErrorCode != ErrorCode.None)
            {
                parts.Add($"{partition.ErrorCode}/{partition.AcknowledgeErrorCode}");
            }

            parts.AddRange(Records(partition).Select(record => string.Create(CultureInfo.InvariantCulture, $"{record.Offset}*{record.DeliveryCount}={record.Value}")));
        }

        return string.Join(' ', parts);
    }

    /// <summary>The records that a client would see: those of the batches that lie in the ranges that it was given.</summary>
    public static IEnumerable<(long Offset, short DeliveryCount, string Value)> Records(ShareFetchResponse.PartitionData partition)
    {
        var records = Protocol.Records.OwnedRecord.ReadAll(partition.Records.Bytes.Span, 1 << 20).Where(record => !record.IsControl).ToDictionary(record => record.Offset);
        foreach (var range in partition.AcquiredRecords)
        {
            for (var offset = range.FirstOffset; offset <= range.LastOffset; offset++)
            {
                if (records.TryGetValue(offset, out var record))
                {
                    yield return (offset, range.DeliveryCount, System.Text.Encoding.UTF8.GetString(record.Value ?? []));
                }
            }
        }
    }
}
