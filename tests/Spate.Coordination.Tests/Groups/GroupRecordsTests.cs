using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Groups;
using Spate.Coordination.Offsets;
using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Groups;

/// <summary>The bytes of __consumer_offsets, spelt out, and what is made of bytes that are not ours.</summary>
public sealed class GroupRecordsTests
{
    [Fact]
    public void Offset_Ordinary_IsWrittenInVersion3()
    {
        var record = GroupRecords.Offset("g", "t", 2, new CommittedOffset(7, 4, "m", 9));
        Assert.Equal("0001" + "000167" + "000174" + "00000002", Convert.ToHexString(record.Key.Span));
        Assert.Equal("0003" + "0000000000000007" + "00000004" + "00016D" + "0000000000000009", Convert.ToHexString(record.Value!.Value.Span));
    }

    [Fact]
    public void Offset_WithATimeOfItsOwn_IsWrittenInVersion1()
    {
        var record = GroupRecords.Offset("g", "t", 2, new CommittedOffset(7, 4, "m", 9, 10));
        Assert.Equal("0001" + "0000000000000007" + "00016D" + "0000000000000009" + "000000000000000A", Convert.ToHexString(record.Value!.Value.Span));
    }

    [Fact]
    public void Group_WithAMember_IsWrittenInVersion3()
    {
        var value = new GroupMetadataValue
        {
            ProtocolType = "c",
            Generation = 5,
            Protocol = "r",
            Leader = "m",
            CurrentStateTimestamp = 6,
            Members = [new() { MemberId = "m", GroupInstanceId = null, ClientId = "i", ClientHost = "h", RebalanceTimeout = 7, SessionTimeout = 8, Subscription = new byte[] { 1 }, Assignment = new byte[] { 2 } }],
        };
        var record = GroupRecords.Group("g", value);
        Assert.Equal("0002" + "000167", Convert.ToHexString(record.Key.Span));
        Assert.Equal(
            "0003" + "000163" + "00000005" + "000172" + "00016D" + "0000000000000006" + "00000001"
            + "00016D" + "FFFF" + "000169" + "000168" + "00000007" + "00000008" + "0000000101" + "0000000102",
            Convert.ToHexString(record.Value!.Value.Span));
    }

    [Fact]
    public void Records_of_all_versions_are_understood()
    {
        var shard = Shard(out _);
        shard.Apply(Hex("0000" + "000167" + "000174" + "00000001", "0000" + "0000000000000007" + "00016D" + "0000000000000009"));
        shard.Apply(Hex("0001" + "000167" + "000174" + "00000002", "0002" + "0000000000000007" + "00016D" + "0000000000000009"));
        shard.Apply(Hex("0001" + "000167" + "000174" + "00000003", "0004" + "0000000000000007" + "00000004" + "026D" + "0000000000000009" + "00"));
        shard.Apply(Hex("0002" + "000167", "0000" + "000163" + "00000005" + "000172" + "00016D" + "00000001" + "00016D" + "000169" + "000168" + "00001770" + "0000000101" + "0000000102"));
        shard.Loaded();
        var dump = StateDump.Of(shard);
        Assert.Contains("generation 5 by r led by m", dump, StringComparison.Ordinal);
        Assert.Equal(3, shard.Find("g")!.Offsets.Count);
        Assert.True(shard.Find("g")!.Classic.TryGetMember("m", out var member));
        Assert.Equal((6000, 6000), (member.SessionTimeoutMs, member.RebalanceTimeoutMs));
    }

    [Fact]
    public void Records_of_newer_brokers_are_passed_over_with_one_warning_for_each_type()
    {
        var shard = Shard(out var logger);
        foreach (var type in Enumerable.Range(100, 15))
        {
            shard.Apply(Hex(type.ToString("X4") + "000167", "0000FFFF"));
            shard.Apply(Hex(type.ToString("X4") + "000167", null));
        }

        Assert.Equal(15, logger.AtLeast(LogLevel.Warning).Count());
        Assert.Empty(shard.Groups);
    }

    [Fact]
    public void Tombstones_of_what_is_not_there_are_harmless()
    {
        var shard = Shard(out _);
        shard.Apply(GroupRecords.GroupTombstone("g"));
        shard.Apply(GroupRecords.OffsetTombstone("g", "t", 0));
        Assert.Empty(shard.Groups);
    }

    [Fact]
    public void A_log_that_is_broken_is_not_served_from()
    {
        var log = new MemoryLog();
        log.Entries.Add(LogEntry.Of(Hex("0002" + "000967", "0003")));
        var bench = new Bench(log: log);
        Assert.False(bench.IsLoaded);
        Assert.Equal(ShardStatus.Failed, bench.Coordinator.StatusOf(0));
        Assert.Single(bench.Breakages);
    }

    internal static GroupShard Shard(out RecordingLogger logger)
    {
        logger = new RecordingLogger();
        return new GroupShard(new ShardTimers(new FakeTimeProvider(), TimeSpan.Zero, () => { }), Bench.Defaults, new Random(1), new GroupFigures(), new GroupSurroundings(new TestTopics(), new TestSettings(), new NoShareStateCalls()), logger);
    }

    private static CoordinatorRecord Hex(string key, string? value) =>
        value is null
            ? CoordinatorRecord.Tombstone(Convert.FromHexString(key))
            : new CoordinatorRecord(Convert.FromHexString(key), Convert.FromHexString(value));
}
