using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Sharing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Callers that enumerate again at once, whatever the group says, and those that commit while nobody answers.</summary>
public sealed class RefusedMemberTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeBroker _broker = new();
    private readonly FakeCluster _cluster = new();
    private readonly List<DateTimeOffset> _asked = [];
    private readonly KafkaClient _client;

    public RefusedMemberTests()
    {
        _cluster.SetTopic("t", (1, 0));
        _cluster.Add(1, new FakeGroup().Attach(_broker));
        _client = new KafkaClient(new KafkaClientOptions { BootstrapServers = _broker.Address, Seed = 1, TimeProvider = _clock });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(ApiKey.JoinGroup)]
    [InlineData(ApiKey.ConsumerGroupHeartbeat)]
    [InlineData(ApiKey.ShareGroupHeartbeat)]
    [InlineData(ApiKey.OffsetFetch)]
    public async Task A_group_that_refuses_is_asked_no_more_often_than_the_backoff_allows_however_often_an_enumeration_is_begun(ApiKey api)
    {
        Refuse();
        await using var consumer = api == ApiKey.ShareGroupHeartbeat
            ? (IAsyncDisposable)_client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "g" })
            : _client.CreateConsumer(new ConsumerOptions { GroupId = "g", GroupProtocol = api == ApiKey.ConsumerGroupHeartbeat ? GroupProtocol.Consumer : GroupProtocol.Classic });
        (consumer as ShareConsumer)?.Subscribe("t");
        if (api == ApiKey.OffsetFetch)
        {
            ((Consumer)consumer).Assign([new TopicPartition("t", 0)]);
        }
        else
        {
            (consumer as Consumer)?.Subscribe("t");
        }

        for (var enumeration = 0; enumeration < 5; enumeration++)
        {
            var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => EnumerateAsync(consumer).WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the refusal"));
            Assert.Equal(ErrorCode.GroupAuthorizationFailed, failure.ErrorCode);
        }

        // 100 ms, then twice as long each time up to a second, each spread by a fifth.
        var asked = Asked();
        Assert.Equal(5, asked.Count);
        Assert.All(asked.Zip(asked.Skip(1), static (one, next) => (next - one).TotalMilliseconds).Zip([80, 160, 320, 640]), static pair => Assert.True(pair.First >= pair.Second, $"{pair.First} ms passed, {pair.Second} are due."));
    }

    [Fact]
    public async Task A_commit_that_waits_for_another_has_one_time_for_all()
    {
        _broker.On<OffsetCommitRequest, OffsetCommitResponse>(ApiKey.OffsetCommit, 0, 9, (_, _) =>
        {
            lock (_asked)
            {
                _asked.Add(_clock.GetUtcNow());
            }

            return (OffsetCommitResponse?)null;
        });
        await using var consumer = _client.CreateConsumer(new ConsumerOptions { GroupId = "g", AutoCommit = false });
        var began = _clock.GetUtcNow();
        var first = consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [new("t", 0)] = new(1) });
        await ((Task)Waiting.Until(() => Asked().Count > 0, () => "the first commit")).WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the first commit");

        var second = consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [new("t", 0)] = new(2) });
        var both = Task.WhenAll(first, second);
        await Task.WhenAny(both).WhileMoving(_clock, TimeSpan.FromMilliseconds(200), "the ends of both");

        var (one, two) = (await Assert.ThrowsAsync<KafkaTimeoutException>(() => first), await Assert.ThrowsAsync<KafkaTimeoutException>(() => second));
        Assert.Contains("60000 ms", one.Message, StringComparison.Ordinal);
        Assert.Contains("60000 ms", two.Message, StringComparison.Ordinal);
        Assert.InRange(_clock.GetUtcNow() - began, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(80));
    }

    private static async Task EnumerateAsync(IAsyncDisposable consumer)
    {
        if (consumer is ShareConsumer share)
        {
            await foreach (var _ in share.ReceiveAsync<string, string>())
            {
            }
        }
        else
        {
            await foreach (var _ in ((Consumer)consumer).ConsumeAsync<string, string>())
            {
            }
        }
    }

    private void Refuse()
    {
        const ErrorCode No = ErrorCode.GroupAuthorizationFailed;
        _broker.On<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, (_, _) => Note(new JoinGroupResponse { ErrorCode = No }));
        _broker.On<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, 0, 1, (_, _) => Note(new ConsumerGroupHeartbeatResponse { ErrorCode = No }));
        _broker.On<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(ApiKey.ShareGroupHeartbeat, 0, 1, (_, _) => Note(new ShareGroupHeartbeatResponse { ErrorCode = No }));
        _broker.On<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, 0, 9, (_, _) => Note(new OffsetFetchResponse { Groups = [new() { GroupId = "g", ErrorCode = No }] }));
    }

    private TResponse Note<TResponse>(TResponse answer)
    {
        lock (_asked)
        {
            _asked.Add(_clock.GetUtcNow());
        }

        return answer;
    }

    private List<DateTimeOffset> Asked()
    {
        lock (_asked)
        {
            return [.. _asked];
        }
    }
}
