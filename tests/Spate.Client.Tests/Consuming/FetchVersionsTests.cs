using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Consuming;

public sealed class FetchVersionsTests
{
    public static TheoryData<short> Versions => [.. Enumerable.Range(4, 15).Select(version => (short)version)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_version_of_fetch_and_of_offset_lookup_is_understood(short version)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("t", (1, 0));
        var errors = new Queue<ErrorCode>([ErrorCode.NotLeaderOrFollower, ErrorCode.None]);
        broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, Math.Clamp((short)(version - 3), (short)1, (short)11), (request, _) => new ListOffsetsResponse
        {
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Offset = request.Topics[0].Partitions[0].Timestamp == -2 ? 1 : 3 }] }],
        });
        broker.On<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, version, async (request, _) =>
        {
            var asked = request.Topics[0].Partitions[0];
            var error = errors.TryDequeue(out var given) ? given : ErrorCode.None;
            if (asked.FetchOffset >= 3)
            {
                await Task.Delay(request.MaxWaitMs);
            }

            return new FetchResponse
            {
                Responses = [new() { Topic = request.Topics[0].Topic, TopicId = request.Topics[0].TopicId, Partitions = [new() { PartitionIndex = 0, ErrorCode = error, HighWatermark = 3, Records = asked.FetchOffset < 3 && error == ErrorCode.None ? Batch() : [] }] }],
            };
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        await using var consumer = client.CreateConsumer(new ConsumerOptions { FetchMaxWait = TimeSpan.FromMilliseconds(20) });
        consumer.Assign([new("t", 0)], StartPosition.Beginning);

        var values = new List<string?>();
        await foreach (var record in consumer.ConsumeAsync<string, string>())
        {
            values.Add(record.Value);
            if (values.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["1", "2"], values);
        Assert.Contains((ApiKey.Fetch, version), broker.Requests);
    }

    private static byte[] Batch()
    {
        using var builder = new RecordBatchBuilder();
        for (var number = 0; number < 3; number++)
        {
            builder.Append(0, NullableBytes.Null, System.Text.Encoding.UTF8.GetBytes($"{number}"));
        }

        return builder.Build().ToArray();
    }
}
