using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>What a member of either protocol says to its coordinator, and what it makes of the answers.</summary>
public sealed class MemberTests : IAsyncDisposable
{
    private static readonly TopicPartition First = new("t", 0);

    private readonly FakeBroker _broker = new();
    private readonly FakeCluster _cluster = new();
    private readonly FakeGroup _group = new();
    private KafkaClient? _client;

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        }

        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_joins_begins_at_what_is_committed_commits_and_leaves_in_every_age_of_the_protocol(bool isOld)
    {
        _group.Commit(First, 7);
        await using (var reader = new GroupReader(Start(isOld), Options))
        {
            await Waiting.Until(() => reader.Consumer.Assignment.Count == 2 && reader.Consumer.Position(First) == 7, () => "the committed position");
            await reader.Consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(9) }).OrTimeout("the commit");
        }

        Assert.Equal(9, _group.Committed(First));
        var commit = _group.All<OffsetCommitRequest>()[0];
        Assert.Equal(("member-1", 1), (commit.MemberId, commit.GenerationIdOrMemberEpoch));
        Assert.Single(_group.All<LeaveGroupRequest>());
        Assert.Equal(isOld ? 1 : 2, _group.All<JoinGroupRequest>().Count);
        Assert.All(_group.All<OffsetFetchRequest>(), request => Assert.Equal(!isOld, request.RequireStable));
    }

    [Fact]
    public async Task What_passes_by_itself_is_tried_again()
    {
        _group.Fail(ApiKey.FindCoordinator, ErrorCode.CoordinatorNotAvailable);
        _group.Fail(ApiKey.JoinGroup, ErrorCode.CoordinatorLoadInProgress, ErrorCode.NotCoordinator, ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId);
        _group.Fail(ApiKey.SyncGroup, ErrorCode.RebalanceInProgress, ErrorCode.CoordinatorNotAvailable);
        _group.Fail(ApiKey.OffsetFetch, ErrorCode.UnstableOffsetCommit, ErrorCode.CoordinatorLoadInProgress);
        _group.Fail(ApiKey.OffsetCommit, ErrorCode.CoordinatorLoadInProgress, ErrorCode.NotCoordinator, ErrorCode.RebalanceInProgress);
        await using var reader = new GroupReader(Start(), Options);

        await Waiting.Until(() => reader.Consumer.Assignment.Count == 2 && reader.Consumer.Position(First) == 0, () => "the position");
        await reader.Consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(3) }).OrTimeout("the commit");

        Assert.Equal(3, _group.Committed(First));
        Assert.False(reader.Reading.IsCompleted);
    }

    [Theory]
    [InlineData(ApiKey.JoinGroup, ErrorCode.InconsistentGroupProtocol, false, "change Assignors")]
    [InlineData(ApiKey.JoinGroup, ErrorCode.InvalidSessionTimeout, false, "group.min.session.timeout.ms")]
    [InlineData(ApiKey.JoinGroup, ErrorCode.GroupMaxSizeReached, false, "group.max.size")]
    [InlineData(ApiKey.JoinGroup, ErrorCode.GroupAuthorizationFailed, false, "ACL")]
    [InlineData(ApiKey.FindCoordinator, ErrorCode.GroupAuthorizationFailed, false, "ACL")]
    [InlineData(ApiKey.SyncGroup, ErrorCode.FencedInstanceId, true, "GroupInstanceId")]
    [InlineData(ApiKey.Heartbeat, ErrorCode.FencedInstanceId, true, "GroupInstanceId")]
    [InlineData(ApiKey.ConsumerGroupHeartbeat, ErrorCode.UnsupportedAssignor, false, "RemoteAssignor")]
    [InlineData(ApiKey.ConsumerGroupHeartbeat, ErrorCode.UnreleasedInstanceId, false, "GroupInstanceId")]
    [InlineData(ApiKey.ConsumerGroupHeartbeat, ErrorCode.FencedInstanceId, true, "GroupInstanceId")]
    public async Task What_does_not_pass_is_thrown_by_the_enumeration_with_what_to_do(ApiKey api, ErrorCode error, bool isFatal, string step)
    {
        _group.Fail(api, error);
        var options = Options with { GroupProtocol = api == ApiKey.ConsumerGroupHeartbeat ? GroupProtocol.Consumer : GroupProtocol.Classic };
        await using var reader = new GroupReader(Start(), options);

        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.Equal((error, "g", isFatal, false), (failure.ErrorCode, failure.GroupId, failure.IsFatal, failure.IsRetriable));
        Assert.Contains("group 'g'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(step, failure.Message, StringComparison.Ordinal);
        Assert.Empty(reader.Consumer.Assignment);
        using var again = new CancellationTokenSource();
        var next = Take(reader.Consumer, again.Token);
        if (isFatal)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<KafkaGroupException>(() => next.OrTimeout("the failure")));
        }
        else
        {
            var joins = _group.Requests.Count;
            await Waiting.Until(() => _group.Requests.Count > joins, () => "the group to be joined again");
            await again.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.OrTimeout("the end"));
        }
    }

    [Theory]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.IllegalGeneration)]
    public async Task A_member_that_was_put_out_loses_its_partitions_tells_so_and_comes_back(ErrorCode error)
    {
        var told = new List<string>();
        var options = Options with
        {
            OnAssigned = (_, partitions, _) => Tell("assigned", partitions),
            OnRevoked = (_, partitions, _) => Tell("revoked", partitions),
            OnLost = (_, partitions, _) => Tell("lost", partitions),
        };
        await using var reader = new GroupReader(Start(), options);
        await reader.HasPartitions(2);
        _group.Generation = 2;
        _group.Fail(ApiKey.Heartbeat, error);
        await Waiting.Until(() => Told().Count == 3, () => string.Join(' ', Told()));

        Assert.Equal(["assigned 2", "lost 2", "assigned 2"], Told());
        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => Fail(ApiKey.OffsetCommit, error, reader.Consumer));
        Assert.False(failure.IsRetriable || failure.IsFatal);

        List<string> Told()
        {
            lock (told)
            {
                return [.. told];
            }
        }

        ValueTask Tell(string what, IReadOnlyList<TopicPartition> partitions)
        {
            lock (told)
            {
                told.Add($"{what} {partitions.Count}");
            }

            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_callback_that_throws_is_told_of_and_the_group_goes_on()
    {
        var thrown = new InvalidOperationException("mine");
        await using var reader = new GroupReader(Start(), Options with { OnAssigned = (_, _, _) => throw thrown });

        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.Same(thrown, failure.InnerException);
        Assert.Contains("OnAssigned", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, reader.Consumer.Assignment.Count);
    }

    [Fact]
    public async Task A_callback_cannot_end_its_consumer()
    {
        await using var reader = new GroupReader(Start(), Options with { OnAssigned = async (consumer, _, _) => await consumer.UnsubscribeAsync() });

        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_group_that_does_not_answer_is_told_of_when_the_time_is_up_and_is_still_tried(GroupProtocol protocol)
    {
        var clock = new FakeTimeProvider();
        _group.Fail(protocol == GroupProtocol.Classic ? ApiKey.JoinGroup : ApiKey.ConsumerGroupHeartbeat, [.. Enumerable.Repeat(ErrorCode.CoordinatorLoadInProgress, 1000)]);
        await using var reader = new GroupReader(Start(change: options => options with { TimeProvider = clock, ApiTimeout = TimeSpan.FromSeconds(2) }), Options with { GroupProtocol = protocol });

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => reader.Reading.WhileMoving(clock, TimeSpan.FromMilliseconds(100), "the failure"));

        Assert.Contains("group 'g'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("COORDINATOR_LOAD_IN_PROGRESS", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_static_member_says_its_name_and_does_not_leave_for_good(GroupProtocol protocol)
    {
        Aim(0, 1);
        await using (var reader = new GroupReader(Start(), Options with { GroupInstanceId = "one", GroupProtocol = protocol }))
        {
            await reader.HasPartitions(2);
        }

        Assert.Empty(_group.All<LeaveGroupRequest>());
        if (protocol == GroupProtocol.Classic)
        {
            Assert.All(_group.All<JoinGroupRequest>(), request => Assert.Equal("one", request.GroupInstanceId));
        }
        else
        {
            Assert.All(_group.All<ConsumerGroupHeartbeatRequest>(), request => Assert.Equal("one", request.InstanceId));
            Assert.Equal(-2, _group.All<ConsumerGroupHeartbeatRequest>()[^1].MemberEpoch);
        }
    }

    [Fact]
    public async Task A_coordinator_that_has_moved_is_found()
    {
        await using var other = new FakeBroker();
        _cluster.Add(2, _group.Attach(other));
        await using var reader = new GroupReader(Start(), Options);
        await reader.HasPartitions(2);
        _group.Coordinator = 2;
        _group.Fail(ApiKey.Heartbeat, ErrorCode.NotCoordinator);

        await Waiting.Until(() => other.Requests.Count(static request => request.Api == ApiKey.Heartbeat) > 2, () => "heartbeats at the new coordinator");

        Assert.Equal(2, reader.Consumer.Assignment.Count);
        await _client!.DisposeAsync().AsTask().OrTimeout("the end of the client");
    }

    [Fact]
    public async Task A_member_of_the_new_protocol_says_once_what_it_wants_and_each_time_what_it_has()
    {
        Aim(0, 1);
        await using (var reader = new GroupReader(Start(), Options with { GroupProtocol = GroupProtocol.Consumer, ClientRack = "r", RemoteAssignor = "range" }))
        {
            await reader.HasPartitions(2);
            await Beats(static beat => beat.TopicPartitions is [{ Partitions: [0, 1] }]);
            await reader.Consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(3) }).OrTimeout("the commit");
            Aim(1);
            await Beats(static beat => beat.TopicPartitions is [{ Partitions: [1] }]);
            Assert.Equal([new TopicPartition("t", 1)], reader.Consumer.Assignment);
        }

        var beats = _group.All<ConsumerGroupHeartbeatRequest>();
        Assert.Equal((0, "r", "range", 0), (beats[0].MemberEpoch, beats[0].RackId, beats[0].ServerAssignor, beats[0].TopicPartitions!.Count));
        Assert.Equal(["t"], beats[0].SubscribedTopicNames!);
        Assert.Equal(22, beats[0].MemberId.Length);
        Assert.All(beats[1..], beat => Assert.Equal((beats[0].MemberId, null, null, null), (beat.MemberId, beat.RackId, beat.SubscribedTopicNames, beat.ServerAssignor)));
        Assert.Equal(2, beats.Count(static beat => beat.TopicPartitions is { Count: > 0 }));
        Assert.Equal(-1, beats[^1].MemberEpoch);
        Assert.Equal((beats[0].MemberId, 1), (_group.All<OffsetCommitRequest>()[0].MemberId, _group.All<OffsetCommitRequest>()[0].GenerationIdOrMemberEpoch));
        Assert.Contains(_group.All<OffsetFetchRequest>(), request => request.Groups[0] is { MemberEpoch: 1 } asked && asked.MemberId == beats[0].MemberId);
    }

    [Fact]
    public async Task A_fenced_member_of_the_new_protocol_loses_everything_and_joins_with_nothing()
    {
        var lost = new TaskCompletionSource<int>();
        Aim(0, 1);
        await using var reader = new GroupReader(Start(), Options with
        {
            GroupProtocol = GroupProtocol.Consumer,
            OnLost = (_, partitions, _) =>
            {
                lost.SetResult(partitions.Count);
                return ValueTask.CompletedTask;
            },
        });
        await reader.HasPartitions(2);
        await Beats(static beat => beat.TopicPartitions is { Count: 1 });
        Aim(0);
        _group.Fail(ApiKey.ConsumerGroupHeartbeat, ErrorCode.FencedMemberEpoch);

        Assert.Equal(2, await lost.Task.OrTimeout("the loss"));
        await reader.HasPartitions(1);
        var rejoin = _group.All<ConsumerGroupHeartbeatRequest>().Last(static beat => beat.MemberEpoch == 0);
        Assert.Empty(rejoin.TopicPartitions!);
        Assert.Equal(["t"], rejoin.SubscribedTopicNames!);
    }

    [Fact]
    public async Task A_pattern_goes_to_the_broker_in_the_new_protocol()
    {
        await using var reader = new GroupReader(Start(), Options with { GroupProtocol = GroupProtocol.Consumer }, consumer => consumer.Subscribe(new System.Text.RegularExpressions.Regex("t.*")));

        await Beats(static beat => beat is { SubscribedTopicRegex: "t.*", SubscribedTopicNames: [] });
    }

    private static ConsumerOptions Options { get; } = new()
    {
        GroupId = "g",
        HeartbeatInterval = TimeSpan.FromMilliseconds(10),
        SessionTimeout = TimeSpan.FromSeconds(6),
        OffsetReset = OffsetReset.Earliest,
        AutoCommit = false,
    };

    private static async Task Take(Consumer consumer, CancellationToken cancellationToken)
    {
        await foreach (var record in consumer.ConsumeAsync<string, string>(cancellationToken))
        {
            return;
        }
    }

    private KafkaClient Start(bool isOld = false, Func<KafkaClientOptions, KafkaClientOptions>? change = null)
    {
        _cluster.SetTopic("t", (1, 0), (1, 0));
        _cluster.Add(1, _group.Attach(_broker, isOld), highest: isOld ? (short)7 : (short)12);
        var options = new KafkaClientOptions { BootstrapServers = _broker.Address, Seed = 1, RetryBackoff = TimeSpan.FromMilliseconds(1), ReconnectBackoff = TimeSpan.FromMilliseconds(1) };
        return _client = new KafkaClient(change?.Invoke(options) ?? options);
    }

    private void Aim(params int[] partitions) =>
        _group.Assignment = new() { TopicPartitions = [new() { TopicId = new Uuid(7, 2), Partitions = [.. partitions] }] };

    private Task Beats(Func<ConsumerGroupHeartbeatRequest, bool> one) =>
        Waiting.Until(() => _group.All<ConsumerGroupHeartbeatRequest>().Exists(beat => one(beat)), () => "a heartbeat that says so");

    private async Task Fail(ApiKey api, ErrorCode error, Consumer consumer)
    {
        _group.Fail(api, error);
        await consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(1) }).OrTimeout("the failure");
    }
}
