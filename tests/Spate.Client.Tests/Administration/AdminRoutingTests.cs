using Microsoft.Extensions.Time.Testing;
using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

/// <summary>Whom the admin asks, how often, and for how long.</summary>
public sealed class AdminRoutingTests
{
    private static readonly TopicPartition First = new("t", 0);
    private static readonly TopicPartition Second = new("t", 1);

    [Fact]
    public async Task A_controller_that_has_moved_is_looked_for()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        var asked = 0;
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (request, _) => new CreateTopicsResponse
        {
            Topics = [new() { Name = request.Topics[0].Name, ErrorCode = ++asked < 3 ? ErrorCode.NotController : ErrorCode.None }],
        });
        await using var client = new KafkaClient(Options(broker));

        Assert.True((await client.Admin.Topics.CreateAsync([new NewTopic("t")]).OrTimeout("the creation"))["t"].IsSuccess);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task What_was_decided_about_one_topic_is_not_asked_for_again_with_another_that_has_to_wait()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        var asked = new List<string>();
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (request, _) =>
        {
            asked.Add(string.Join('+', request.Topics.Select(topic => topic.Name)));
            return new CreateTopicsResponse
            {
                Topics = request.Topics.ConvertAll(topic => new CreateTopicsResponse.CreatableTopicResult
                {
                    Name = topic.Name,
                    ErrorCode = topic.Name == "late" && asked.Count == 1 ? ErrorCode.ThrottlingQuotaExceeded : topic.Name == "slow" ? ErrorCode.RequestTimedOut : ErrorCode.None,
                }),
            };
        });
        await using var client = new KafkaClient(Options(broker));

        var created = await client.Admin.Topics.CreateAsync([new NewTopic("soon"), new NewTopic("late"), new NewTopic("slow")]).OrTimeout("the creation");

        Assert.Equal(["soon+late+slow", "late"], asked);
        Assert.True(created["soon"].IsSuccess && created["late"].IsSuccess);
        Assert.Equal(ErrorCode.RequestTimedOut, created["slow"].Error!.ErrorCode);
    }

    [Fact]
    public async Task A_leader_that_has_moved_is_asked_for_what_the_old_one_refused_and_nothing_else()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        fake.SetTopic("t", (1, 4), (1, 4));
        var asked = new List<string>();
        one.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, (request, _) =>
        {
            fake.SetTopic("t", (1, 4), (2, 5));
            return Answer(1, request, asked, index => index == 0 ? ErrorCode.None : ErrorCode.NotLeaderOrFollower);
        });
        two.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, (request, _) => Answer(2, request, asked, _ => ErrorCode.None));
        await using var client = new KafkaClient(Options(one));

        var found = await client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.Latest, [Second] = OffsetSpec.Latest }).OrTimeout("the offsets");

        Assert.Equal((10, 20), (found[First].Value.Offset!.Value, found[Second].Value.Offset!.Value));
        Assert.Equal(["1:0+1", "2:1"], asked);
    }

    [Fact]
    public async Task A_coordinator_that_has_moved_is_looked_for()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        var coordinator = 1;
        foreach (var broker in new[] { one, two })
        {
            broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 6, (request, _) => new FindCoordinatorResponse
            {
                Coordinators = request.CoordinatorKeys.ConvertAll(key => new FindCoordinatorResponse.Coordinator
                {
                    Key = key,
                    NodeId = coordinator,
                    ErrorCode = coordinator == 0 ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None,
                }),
            });
        }

        one.On<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, 0, 2, (request, _) =>
        {
            coordinator = 2;
            return new DeleteGroupsResponse { Results = request.GroupsNames.ConvertAll(group => new DeleteGroupsResponse.DeletableGroupResult { GroupId = group, ErrorCode = ErrorCode.NotCoordinator }) };
        });
        two.On<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, 0, 2, (request, _) => new DeleteGroupsResponse
        {
            Results = request.GroupsNames.ConvertAll(group => new DeleteGroupsResponse.DeletableGroupResult { GroupId = group }),
        });
        await using var client = new KafkaClient(Options(one));

        (await client.Admin.Groups.DeleteAsync(["g"]).OrTimeout("the deletion")).ThrowIfAnyFailed();

        Assert.Equal((1, 1), (Count(one, ApiKey.DeleteGroups), Count(two, ApiKey.DeleteGroups)));
    }

    [Fact]
    public async Task Of_two_brokers_one_that_is_silent_fails_its_own_items_when_the_time_is_up()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        fake.SetTopic("t", (1, 4), (2, 4));
        one.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, (request, _) => Answer(1, request, [], _ => ErrorCode.None));
        two.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, (_, _) => (ListOffsetsResponse?)null);
        await using var client = new KafkaClient(Options(one) with { TimeProvider = clock, ApiTimeout = TimeSpan.FromSeconds(20), RequestTimeout = TimeSpan.FromSeconds(6) });

        var call = client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.Latest, [Second] = OffsetSpec.Latest });
        await call.WhileMoving(clock, TimeSpan.FromMilliseconds(500), "the offsets");
        var found = await call;

        Assert.Equal(10, found[First].Value.Offset);
        var late = Assert.IsType<KafkaTimeoutException>(found[Second].Error);
        Assert.Contains("ListOffsets was not done within 20000 ms", late.Message, StringComparison.Ordinal);
        Assert.Contains("2 (127.0.0.1", late.Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(one, ApiKey.ListOffsets));
        Assert.InRange(Count(two, ApiKey.ListOffsets), 2, 4);
    }

    [Fact]
    public async Task What_is_not_there_is_looked_for_a_few_times_for_it_may_have_been_made_a_moment_ago()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, (request, _) => Answer(1, request, [], _ => ErrorCode.None));
        await using var client = new KafkaClient(Options(broker) with { TimeProvider = clock, RetryBackoff = TimeSpan.FromSeconds(1) });
        var began = clock.GetUtcNow();

        var call = client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.Latest });
        await call.WhileMoving(clock, TimeSpan.FromMilliseconds(100), "the refusal");

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await call)[First].Error!.ErrorCode);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30));

        var late = client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.Latest });
        fake.SetTopic("t", (1, 4));
        await late.WhileMoving(clock, TimeSpan.FromMilliseconds(100), "the offset");
        Assert.Equal(10, (await late)[First].Value.Offset);
    }

    [Fact]
    public async Task A_broker_that_never_answers_is_given_up_in_time()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (_, call) =>
        {
            call.Cut();
            return (CreateTopicsResponse?)null;
        });
        var clock = new FakeTimeProvider();
        await using var client = new KafkaClient(Options(broker) with { TimeProvider = clock, ApiTimeout = TimeSpan.FromMilliseconds(400) });

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => client.Admin.Topics.CreateAsync([new NewTopic("t")]).WhileMoving(clock, TimeSpan.FromMilliseconds(10), "the failure"));
        Assert.Contains("CreateTopics was not done within 400 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_may_have_another_time_than_the_clients_and_tell_the_broker_of_it()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        var told = new List<int>();
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (request, call) =>
        {
            told.Add(request.TimeoutMs);
            call.Cut();
            return (CreateTopicsResponse?)null;
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, ApiTimeout = TimeSpan.FromDays(1), RequestTimeout = TimeSpan.FromSeconds(5) });
        var admin = client.Admin.WithTimeout(TimeSpan.FromMilliseconds(300));

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => admin.Topics.CreateAsync([new NewTopic("t")]).OrTimeout("the failure"));

        Assert.Contains("CreateTopics was not done within 300 ms", failure.Message, StringComparison.Ordinal);
        Assert.Equal([300], told.Distinct());
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Admin.WithTimeout(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Admin.WithTimeout(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task Lists_that_every_broker_is_asked_for_keep_to_the_time_of_the_call_too()
    {
        var clock = new FakeTimeProvider();
        await using var nobody = new FakeBroker();
        await using var client = new KafkaClient(Options(nobody) with { TimeProvider = clock, ApiTimeout = TimeSpan.FromDays(1) });
        var admin = client.Admin.WithTimeout(TimeSpan.FromSeconds(3));
        var began = clock.GetUtcNow();

        var listing = admin.Groups.ListAsync();
        await ((Task)listing).ContinueWith(static _ => { }, TaskScheduler.Default).WhileMoving(clock, TimeSpan.FromMilliseconds(200), "the failure");

        await Assert.ThrowsAnyAsync<KafkaException>(() => listing);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Results_come_in_the_order_of_what_was_asked()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t", partitions: 3);
        TopicPartition[] asked = [new("t", 2), new("nowhere", 0), new("t", 0), new("t", 9), new("t", 1)];

        var found = await fixture.Admin.Partitions.ListOffsetsAsync(asked.ToDictionary(partition => partition, _ => OffsetSpec.Latest)).OrTimeout("the offsets");

        Assert.Equal(asked, found.Keys);
        Assert.Equal([true, false, true, false, true], found.Values.Select(result => result.IsSuccess));
    }

    [Fact]
    public async Task A_call_ends_when_its_caller_has_no_more_patience()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        using var patience = new CancellationTokenSource();
        broker.On<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, 0, 4, (_, _) =>
        {
            patience.Cancel();
            return (DescribeLogDirsResponse?)null;
        });
        await using var client = new KafkaClient(Options(broker));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Admin.LogDirs.DescribeAsync([1], patience.Token).OrTimeout("the end"));
    }

    [Fact]
    public async Task Brokers_that_are_named_are_not_taken_to_be_missing_before_any_is_known()
    {
        var clock = new FakeTimeProvider();
        await using var broker = new FakeBroker();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 1, 12, async (_, _) =>
        {
            await told.Task;
            return new MetadataResponse { Brokers = [new() { NodeId = 1, Host = "127.0.0.1", Port = broker.Port }] };
        });
        broker.On<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, 0, 4, static (_, _) => new DescribeLogDirsResponse());
        await using var client = new KafkaClient(Options(broker) with { TimeProvider = clock });

        // Many times the backoff, and less than the time of a request.
        var call = client.Admin.LogDirs.DescribeAsync([1]);
        for (var step = 0; step < 200 && !call.IsCompleted; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(call, Task.Delay(1));
        }

        told.SetResult();
        await call.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the answer");
        Assert.True((await call)[1].IsSuccess);
    }

    [Fact]
    public async Task An_item_that_the_broker_says_nothing_about_has_an_error()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 1, 6, (_, _) => new DeleteTopicsResponse { Responses = [new() { Name = "a" }] });
        await using var client = new KafkaClient(Options(broker));

        var deleted = await client.Admin.Topics.DeleteAsync(["a", "b"]).OrTimeout("the deletion");

        Assert.True(deleted["a"].IsSuccess);
        Assert.Equal(ErrorCode.UnknownServerError, deleted["b"].Error!.ErrorCode);
    }

    [Fact]
    public async Task Offsets_of_kinds_that_a_broker_does_not_know_are_refused_by_version()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("t", (1, 4));
        broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 5, (request, _) => Answer(1, request, [], _ => ErrorCode.None));
        await using var client = new KafkaClient(Options(broker));

        Task<IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>>> Ask(OffsetSpec spec) =>
            client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [First] = spec }).OrTimeout("the offset");

        Assert.Equal(10, (await Ask(OffsetSpec.Earliest))[First].Value.Offset);
        var refused = await Assert.ThrowsAsync<KafkaException>(() => Ask(OffsetSpec.MaxTimestamp));
        Assert.Contains("offers ListOffsets up to version 5 only, and the offset of the highest timestamp needs version 7", refused.Message, StringComparison.Ordinal);
        Assert.Equal([7, 8, 9, 11], new[] { OffsetSpec.MaxTimestamp, OffsetSpec.EarliestLocal, OffsetSpec.LatestTiered, OffsetSpec.EarliestPendingUpload }.Select(spec => (int)spec.LowestVersion));
    }

    private static KafkaClientOptions Options(FakeBroker broker) => new() { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1), Seed = 1 };

    private static int Count(FakeBroker broker, ApiKey api) => broker.Requests.Count(request => request.Api == api);

    private static ListOffsetsResponse Answer(int node, ListOffsetsRequest request, List<string> asked, Func<int, ErrorCode> errorOf)
    {
        asked.Add($"{node}:{string.Join('+', request.Topics[0].Partitions.Select(partition => partition.PartitionIndex))}");
        return new ListOffsetsResponse
        {
            Topics = request.Topics.ConvertAll(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex, Offset = node * 10, ErrorCode = errorOf(partition.PartitionIndex) }),
            }),
        };
    }
}
