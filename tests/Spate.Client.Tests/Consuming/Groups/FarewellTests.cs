using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Sharing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Members that end before they know whether their group has taken them in.</summary>
public sealed class FarewellTests : IAsyncDisposable
{
    private readonly FakeBroker _broker = new();
    private readonly FakeCluster _cluster = new();
    private readonly List<int> _epochs = [];
    private readonly TaskCompletionSource<FakeCall> _joining = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_that_ends_while_its_first_heartbeat_is_under_way_leaves_behind_it(bool isShare)
    {
        await using var client = Start();
        var member = Join(client, isShare);
        var joining = await _joining.Task.OrTimeout("the first heartbeat");

        var ending = member.DisposeAsync().AsTask();
        await Waiting.Until(() => joining.HasMore || ending.IsCompleted, () => "a farewell, or the end without one");
        _answered.SetResult();
        await ending.OrTimeout("the end");

        Assert.Equal([0, -1], Epochs());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_whose_coordinator_was_never_reached_ends_without_a_wait(bool isShare)
    {
        // Time stands still, so that whoever waits for anything waits for ever.
        await using var client = Start(new FakeTimeProvider());
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        nobody.Listen();
        _cluster.AddElsewhere(2, ((IPEndPoint)nobody.LocalEndPoint!).Port);
        _broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 4, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = [new() { Key = request.CoordinatorKeys[0], NodeId = 2, Host = "127.0.0.1", Port = ((IPEndPoint)nobody.LocalEndPoint!).Port }],
        });
        var member = Join(client, isShare);
        using var silent = await nobody.AcceptAsync().OrTimeout("the member to knock");

        await member.DisposeAsync().AsTask().OrTimeout("the end");

        Assert.Empty(Epochs());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_classic_member_that_ends_while_its_first_join_is_under_way_leaves_by_the_id_that_the_answer_gives_it(bool isAnswered)
    {
        var left = new List<string>();
        _broker.On<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, async (request, call) =>
        {
            _joining.TrySetResult(call);
            await _answered.Task;
            return isAnswered ? new JoinGroupResponse { ErrorCode = ErrorCode.MemberIdRequired, MemberId = "pending" } : Cut(call);
        });
        _broker.On<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5, (request, _) =>
        {
            left.Add(request.Members[0].MemberId);
            return new LeaveGroupResponse();
        });
        await using var client = Start();
        var member = new GroupReader(client, GroupFixture.Options);
        await _joining.Task.OrTimeout("the first join");

        var ending = member.DisposeAsync().AsTask();
        _answered.SetResult();
        await ending.OrTimeout("the end");

        Assert.Equal(isAnswered ? ["pending"] : [], left);
    }

    [Fact]
    public async Task A_classic_member_whose_group_will_not_have_it_leaves_by_the_id_that_it_was_given()
    {
        var left = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.On<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, static (request, _) => new JoinGroupResponse
        {
            ErrorCode = request.MemberId.Length == 0 ? ErrorCode.MemberIdRequired : ErrorCode.InconsistentGroupProtocol,
            MemberId = "pending",
        });
        _broker.On<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5, (request, _) =>
        {
            left.TrySetResult(request.Members[0].MemberId);
            return new LeaveGroupResponse();
        });
        await using var client = Start();
        await using var member = new GroupReader(client, GroupFixture.Options);

        await Assert.ThrowsAsync<KafkaGroupException>(() => member.Reading.OrTimeout("the failure"));

        Assert.Equal("pending", await left.Task.OrTimeout("the farewell"));
    }

    private static JoinGroupResponse? Cut(FakeCall call)
    {
        call.Cut();
        return null;
    }

    private static IAsyncDisposable Join(KafkaClient client, bool isShare)
    {
        if (isShare)
        {
            var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "g" });
            consumer.Subscribe("t");
            return consumer;
        }

        return new GroupReader(client, GroupFixture.Options with { GroupProtocol = GroupProtocol.Consumer });
    }

    private KafkaClient Start(TimeProvider? clock = null)
    {
        _cluster.SetTopic("t", (1, 0));
        _cluster.Add(1, _broker);
        _broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 4, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = [new() { Key = request.CoordinatorKeys[0], NodeId = 1, Host = "127.0.0.1", Port = _broker.Port }],
        });
        _broker.On<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, 0, 1, async (request, call) =>
        {
            await BeatAsync(request.MemberEpoch, call);
            return new ConsumerGroupHeartbeatResponse { MemberId = request.MemberId, MemberEpoch = request.MemberEpoch < 0 ? request.MemberEpoch : 1, HeartbeatIntervalMs = 100_000 };
        });
        _broker.On<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(ApiKey.ShareGroupHeartbeat, 0, 1, async (request, call) =>
        {
            await BeatAsync(request.MemberEpoch, call);
            return new ShareGroupHeartbeatResponse { MemberId = request.MemberId, MemberEpoch = request.MemberEpoch < 0 ? request.MemberEpoch : 1, HeartbeatIntervalMs = 100_000 };
        });
        return new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = _broker.Address,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            TimeProvider = clock ?? TimeProvider.System,
        });
    }

    private async Task BeatAsync(int epoch, FakeCall call)
    {
        lock (_epochs)
        {
            _epochs.Add(epoch);
        }

        if (epoch == 0)
        {
            _joining.TrySetResult(call);
            await _answered.Task;
        }
    }

    private List<int> Epochs()
    {
        lock (_epochs)
        {
            return [.. _epochs];
        }
    }
}
