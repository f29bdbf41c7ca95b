using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>Groups change between the classic and the consumer protocol while they live, and nobody loses partitions or offsets for good.</summary>
public sealed class MigrationTests
{
    private readonly Bench _bench = new(Bench.NoDelay);

    public MigrationTests() => _bench.Topics.Set("t", 12);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Group_is_upgraded_by_the_first_member_of_the_new_protocol_and_downgraded_by_the_last(bool isCooperative)
    {
        TestClassicConsumer[] old = [new(_bench, "t", isCooperative), new(_bench, "t", isCooperative)];
        Settle(_bench, old, []);
        Assert.Equal(("Stable", 12), (await _bench.State(), old.Sum(member => member.Owned.Count)));
        await _bench.Commit(old[0].Member, topic: "t", offset: 42);

        var fresh = new TestConsumer(_bench, "new");
        fresh.Subscribe("t");
        Settle(_bench, old, [fresh]);

        var mixed = _bench.DescribeConsumer();
        Assert.Equal(("Stable", 3), (mixed.GroupState, mixed.Members.Count));
        Assert.Equal([0, 0, 1], mixed.Members.Select(member => (int)member.MemberType).Order());
        Assert.Equal([4, 4, 4], [old[0].Owned.Count, old[1].Owned.Count, fresh.Owned.Count]);
        Assert.Equal(42, await _bench.Committed());
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(old[0].Member, topic: "t", offset: 43))));
        Assert.Equal(_bench.Dump(), _bench.TakeOver().Dump());

        fresh.Leave();
        Settle(_bench, old, []);
        Assert.Equal("Stable", await _bench.State());
        Assert.Equal(12, old.Sum(member => member.Owned.Count));
        Assert.Equal(43, await _bench.Committed());
        Assert.Equal(_bench.Dump(), _bench.TakeOver().Dump());
        Assert.Empty(_bench.Breakages);
    }

    /// <summary>What members know is their epoch in the group that was; the one that their company's departure began, nobody has been told.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_of_a_group_that_goes_back_to_the_classic_protocol_are_told_to_join_and_may_commit_until_then(bool isCooperative)
    {
        TestClassicConsumer[] old = [new(_bench, "t", isCooperative), new(_bench, "t", isCooperative, instance: "i")];
        var fresh = new TestConsumer(_bench, "new");
        fresh.Subscribe("t");
        Settle(_bench, old, [fresh]);
        string[] ids = [old[0].Id, old[1].Id];
        TestMember[] members = [old[0].Member, old[1].Member];

        fresh.Leave();
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(members[0], topic: "t", offset: 7))));
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(_bench.Coordinator.SyncGroupAsync(
            new SyncGroupRequest { GroupId = "g", MemberId = ids[0], GenerationId = members[0].Generation }).AsTask()).ErrorCode);
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Heartbeat(members[0] with { Generation = members[0].Generation - 1 }));
        foreach (var member in old)
        {
            member.Step();
            Assert.Equal(ErrorCode.RebalanceInProgress, member.LastError);
        }

        Settle(_bench, old, []);
        Assert.Equal(ids, old.Select(member => member.Id));
        Assert.True(old[0].Generation > members[0].Generation);
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Heartbeat(members[0]));
        Assert.Equal(ErrorCode.IllegalGeneration, Bench.Only(Bench.Now(_bench.Commit(members[0], topic: "t", offset: 6))));
    }

    [Fact]
    public async Task Rolling_upgrade_ends_with_members_of_the_new_protocol_alone()
    {
        TestClassicConsumer[] old = [new(_bench, "t"), new(_bench, "t"), new(_bench, "t")];
        TestConsumer[] fresh = [.. Enumerable.Range(0, 3).Select(index => new TestConsumer(_bench, $"n{index}"))];
        Settle(_bench, old, []);
        for (var count = 1; count <= 3; count++)
        {
            old[count - 1].Leave();
            fresh[count - 1].Subscribe("t");
            Settle(_bench, old[count..], fresh[..count]);
        }

        Assert.Equal([4, 4, 4], fresh.Select(member => member.Owned.Count));
        Assert.All(_bench.DescribeConsumer().Members, member => Assert.Equal(1, member.MemberType));
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(new TestMember("n0", fresh[0].Epoch, false), version: 9))));
        Assert.Equal(5, await _bench.Committed());
    }

    [Fact]
    public void Classic_members_join_a_group_of_the_new_protocol()
    {
        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        fresh.Beat();
        TestClassicConsumer[] old = [new(_bench, "t"), new(_bench, "t", instance: "i")];
        Settle(_bench, old, [fresh]);
        Assert.Equal([4, 4, 4], [old[0].Owned.Count, old[1].Owned.Count, fresh.Owned.Count]);
        old[0].Leave();
        Settle(_bench, old[1..], [fresh]);
        Assert.Equal([6, 6], [old[1].Owned.Count, fresh.Owned.Count]);
    }

    /// <summary>Its session ended while nobody could reach the coordinator; who reads its partitions now must not be read beside.</summary>
    [Fact]
    public void Classic_member_that_was_removed_is_told_so_before_it_joins_with_partitions()
    {
        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        TestClassicConsumer[] old = [new(_bench, "t", isCooperative: true), new(_bench, "t", isCooperative: true)];
        Settle(_bench, old, [fresh]);
        var gone = old[0];
        for (var round = 0; round < 15; round++)
        {
            _bench.Pass(1);
            old[1].Step();
            fresh.Beat();
        }

        Assert.Equal(12, old[1].Owned.Count + fresh.Owned.Count);
        Assert.False(gone.Owned.IsEmpty);
        var subscription = RecordFormat.Encode(
            new ConsumerProtocolSubscription { Topics = ["t"], OwnedPartitions = [new() { Topic = "t", Partitions = [.. gone.Owned.Of(_bench.Topics.IdOf("t"))] }] }, 1);
        var answer = Bench.Now(_bench.Join(gone.Id, version: 5, protocols: ["cooperative-sticky"], metadata: subscription));
        Assert.Equal(ErrorCode.UnknownMemberId, answer.ErrorCode);

        gone.Forget();
        Settle(_bench, old, [fresh]);
        Assert.Equal([4, 4, 4], [old[0].Owned.Count, old[1].Owned.Count, fresh.Owned.Count]);
    }

    [Fact]
    public async Task Group_without_members_changes_its_kind_with_who_comes_and_keeps_its_offsets()
    {
        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        fresh.Beat();
        await _bench.Commit(new TestMember("n", 1, false), version: 9);
        fresh.Leave();

        TestClassicConsumer[] old = [new(_bench, "t")];
        Settle(_bench, old, []);
        Assert.Equal(("Stable", 12, 5L), (await _bench.State(), old[0].Owned.Count, await _bench.Committed()));

        old[0].Leave();
        fresh.Subscribe("t");
        Settle(_bench, [], [fresh]);
        Assert.Equal(("Stable", 12, 5L), (_bench.DescribeConsumer().GroupState, fresh.Owned.Count, await _bench.Committed()));
        Assert.Equal(_bench.Dump(), _bench.TakeOver().Dump());
        Assert.Equal(1, _bench.Coordinator.Count().Groups);
    }

    [Fact]
    public void Static_member_changes_its_protocol_by_a_restart()
    {
        TestClassicConsumer[] old = [new(_bench, "t", instance: "a"), new(_bench, "t", instance: "b")];
        Settle(_bench, old, []);
        var had = old[0].Owned;

        var fresh = new TestConsumer(_bench, "n") { InstanceId = "a" };
        fresh.Subscribe("t");
        Settle(_bench, old[1..], [fresh]);
        Assert.Equal((had, 2), (fresh.Owned, _bench.DescribeConsumer().Members.Count));

        var again = new TestClassicConsumer(_bench, "t", instance: "a");
        Settle(_bench, [old[1], again], []);
        Assert.Equal((6, 6, ErrorCode.GroupIdNotFound), (old[1].Owned.Count, again.Owned.Count, _bench.DescribeConsumer().ErrorCode));
    }

    /// <summary>A classic member that was to give partitions up, and has not heard of it, has them still when the group becomes classic and, at once, is upgraded again.</summary>
    [Fact]
    public void What_a_classic_member_has_not_given_up_outlives_both_changes_of_protocol()
    {
        TestClassicConsumer[] old = [new(_bench, "t", isCooperative: true)];
        var first = new TestConsumer(_bench, "n1");
        first.Subscribe("t");
        Settle(_bench, old, [first]);
        var second = new TestConsumer(_bench, "n2");
        second.Subscribe("t");
        second.Beat();

        first.Leave();
        second.Leave();
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DescribeConsumer().ErrorCode);
        Assert.Equal(6, old[0].Owned.Count);
        var third = new TestConsumer(_bench, "n3");
        third.Subscribe("t");
        third.Beat();
        CheckOwners(old, [third]);

        Settle(_bench, old, [third]);
        Assert.Equal([6, 6], [old[0].Owned.Count, third.Owned.Count]);
        Assert.Empty(_bench.Breakages);
    }

    /// <summary>The round has taken half of its partitions from a cooperative member, which reads them until it hears so.</summary>
    [Fact]
    public void What_a_round_took_from_a_classic_member_is_free_when_the_member_has_joined_without_it()
    {
        TestClassicConsumer[] old = [new(_bench, "t", isCooperative: true)];
        Settle(_bench, old, []);
        var id = old[0].Id;
        var joined = Bench.Now(_bench.Join(id, version: 5, protocols: ["cooperative-sticky"], metadata: Subscription(12)));
        var half = PartitionSet.Of([(_bench.Topics.IdOf("t"), Enumerable.Range(0, 6))]);
        Bench.Now(_bench.Coordinator.SyncGroupAsync(new SyncGroupRequest
        {
            GroupId = "g",
            MemberId = id,
            GenerationId = joined.GenerationId,
            Assignments = [new() { MemberId = id, Assignment = ConsumerAssignments.Write(half, _bench.Topics.Current, 1) }],
        }).AsTask());

        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        fresh.Beat();
        Assert.True(fresh.Owned.IsEmpty);

        Assert.Equal(ErrorCode.None, Bench.Now(_bench.Join(id, version: 5, protocols: ["cooperative-sticky"], metadata: Subscription(6))).ErrorCode);
        fresh.Beat();
        Assert.Equal(6, fresh.Owned.Count);
        Assert.Equal(_bench.Dump(), _bench.TakeOver().Dump());

        static byte[] Subscription(int owned) => RecordFormat.Encode(
            new ConsumerProtocolSubscription { Topics = ["t"], OwnedPartitions = [new() { Topic = "t", Partitions = [.. Enumerable.Range(0, owned)] }] }, 1);
    }

    [Theory]
    [InlineData(ConsumerMigrationPolicy.Disabled)]
    [InlineData(ConsumerMigrationPolicy.Downgrade)]
    public void Where_upgrades_are_not_allowed_the_new_protocol_finds_no_group(ConsumerMigrationPolicy policy)
    {
        var bench = new Bench(Bench.NoDelay with { Consumer = new ConsumerGroupOptions { MigrationPolicy = policy } });
        bench.Stable(1);
        var fresh = new TestConsumer(bench, "n");
        var before = bench.Dump();
        Assert.Equal(ErrorCode.GroupIdNotFound, fresh.Beat().ErrorCode);
        Assert.Equal(before, bench.Dump());
    }

    [Fact]
    public void Where_downgrades_are_not_allowed_classic_members_stay_in_the_group_of_the_new_protocol()
    {
        var bench = new Bench(Bench.NoDelay with { Consumer = new ConsumerGroupOptions { MigrationPolicy = ConsumerMigrationPolicy.Upgrade } });
        bench.Topics.Set("t", 12);
        TestClassicConsumer[] old = [new(bench, "t")];
        Settle(bench, old, []);
        var fresh = new TestConsumer(bench, "n");
        fresh.Subscribe("t");
        Settle(bench, old, [fresh]);
        fresh.Leave();
        Settle(bench, old, []);
        Assert.Equal(("Stable", 12), (bench.DescribeConsumer().GroupState, old[0].Owned.Count));
    }

    [Theory]
    [InlineData("connect", null)]
    [InlineData("consumer", "FF")]
    [InlineData("consumer", "00010000000000000000000000")]
    public void Group_that_cannot_be_understood_is_left_alone(string type, string? metadata)
    {
        var joined = Bench.Now(_bench.Join(type: type, metadata: metadata is "FF" ? [0xFF] : null));
        var assignment = metadata?.Length > 2 ? "000100000000" + "00000001AA" : "";
        Bench.Now(_bench.Coordinator.SyncGroupAsync(new SyncGroupRequest
        {
            GroupId = "g",
            MemberId = joined.MemberId,
            GenerationId = joined.GenerationId,
            Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = Convert.FromHexString(assignment) }],
        }).AsTask());

        var before = _bench.Dump();
        var fresh = new TestConsumer(_bench, "n");
        Assert.Equal(ErrorCode.GroupIdNotFound, fresh.Beat().ErrorCode);
        Assert.Equal(before, _bench.Dump());
    }

    [Fact]
    public void Upgrade_in_the_middle_of_a_round_sends_those_who_wait_on()
    {
        TestClassicConsumer[] old = [new(_bench, "t"), new(_bench, "t")];
        Settle(_bench, old[..1], []);
        old[1].Step();
        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        fresh.Beat();
        Settle(_bench, old, [fresh]);
        Assert.Equal([4, 4, 4], [old[0].Owned.Count, old[1].Owned.Count, fresh.Owned.Count]);
    }

    [Fact]
    public void Classic_member_that_falls_silent_or_does_not_join_again_is_put_out()
    {
        TestClassicConsumer[] old = [new(_bench, "t"), new(_bench, "t")];
        Settle(_bench, old, []);
        var fresh = new TestConsumer(_bench, "n");
        fresh.Subscribe("t");
        fresh.Beat();
        for (var second = 0; second < 31; second++)
        {
            _bench.Heartbeat(old[0].Member);
            fresh.Beat();
            _bench.Pass(1);
        }

        Assert.Equal("n", Assert.Single(_bench.DescribeConsumer().Members).MemberId);
        fresh.Beat();
        Assert.Equal(12, fresh.Owned.Count);
    }

    /// <summary>Lets everybody do what is to be done until nothing changes, and checks after each step that nobody reads what another reads.</summary>
    private static void Settle(Bench bench, TestClassicConsumer[] old, TestConsumer[] fresh)
    {
        var before = "";
        var quiet = 0;
        for (var round = 0; quiet < 8; round++)
        {
            Assert.True(round < 100, $"never settles: {before}");
            foreach (var member in old)
            {
                member.Step();
                CheckOwners(old, fresh);
            }

            foreach (var member in fresh)
            {
                Assert.Equal(ErrorCode.None, member.Beat().ErrorCode);
                CheckOwners(old, fresh);
            }

            bench.Pass(0.1);
            var now = string.Join('|', old.Select(member => $"{member.Id} {member.Generation} {member.Owned}").Concat(fresh.Select(member => $"{member.Id} {member.Epoch} {member.Owned}")));
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    private static void CheckOwners(TestClassicConsumer[] old, TestConsumer[] fresh)
    {
        var all = PartitionSet.Empty;
        foreach (var owned in old.Select(member => member.Owned).Concat(fresh.Select(member => member.Owned)))
        {
            Assert.False(all.Overlaps(owned), "A partition has two owners.");
            all = all.Union(owned);
        }
    }
}
