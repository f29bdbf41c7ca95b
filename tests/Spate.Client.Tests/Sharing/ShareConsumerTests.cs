using Spate.Client.Sharing;
using Spate.Client.Suite;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Sharing;

/// <summary>What a member of a share group says to its group and to leaders, and what it hands out.</summary>
public sealed class ShareConsumerTests
{
    [Fact]
    public async Task A_record_counts_as_accepted_when_the_next_is_asked_for_and_the_one_in_hand_is_released_at_the_end()
    {
        await using var fixture = new ShareFixture(records: 3);
        await using (var consumer = fixture.Subscribe())
        {
            Assert.Equal(["0", "1", "2"], await ReadAsync(consumer, 3));
        }

        Assert.Equal(["accepted", "accepted", "free"], fixture.Group.States);
        Assert.Equal(["beat 0 [t]", "close 0: 0-1 accept", "close 0: 2-2 release", "closed", "beat -1 []"], fixture.Group.Asked);
    }

    [Fact]
    public async Task Acknowledgements_go_along_with_the_request_for_more()
    {
        await using var fixture = new ShareFixture(records: 2);
        await using var consumer = fixture.Subscribe();
        var reading = ReadAsync(consumer, 3);
        await Waiting.Until(() => fixture.Group.Asked.Contains("fetch 0: 0-1 accept"), () => string.Join(", ", fixture.Group.Asked));
        fixture.Put(2);

        Assert.Equal(["0", "1", "2"], await reading);
        Assert.Equal(["accepted", "accepted", "held"], fixture.Group.States);
    }

    [Fact]
    public async Task In_explicit_mode_each_record_is_said_something_of_by_name_and_commit_tells_what_became_of_it()
    {
        var told = new List<AcknowledgementResult>();
        await using var fixture = new ShareFixture(records: 4);
        await using var consumer = fixture.Subscribe(options => options with { AcknowledgeMode = AcknowledgeMode.Explicit, OnAcknowledged = told.Add });
        var records = await consumer.ReceiveAsync<string, string>().TakeAsync(4);
        records[0].Accept();
        records[1].Reject();
        records[2].Release();
        Assert.Throws<InvalidOperationException>(records[0].Release);

        var results = await consumer.CommitAsync().OrTimeout("the commit");

        Assert.Equal([new(new("t", 0), null)], results);
        Assert.Equal(["accepted", "rejected", "free", "held"], fixture.Group.States);
        Assert.Equal([0, 1, 2], Assert.Single(told).Offsets);
        Assert.Empty(await consumer.CommitAsync().OrTimeout("the second commit"));
    }

    [Fact]
    public async Task A_record_that_was_released_comes_again_and_says_how_often()
    {
        await using var fixture = new ShareFixture(records: 1);
        await using var consumer = fixture.Subscribe(static options => options with { AcknowledgeMode = AcknowledgeMode.Explicit });
        var counts = new List<int>();
        await foreach (var record in consumer.ReceiveAsync<string, string>())
        {
            counts.Add(record.DeliveryCount);
            if (record.DeliveryCount == 3)
            {
                record.Accept();
                break;
            }

            record.Release();
        }

        await consumer.CommitAsync().OrTimeout("the commit");
        Assert.Equal([1, 2, 3], counts);
        Assert.Equal(["accepted"], fixture.Group.States);
    }

    [Fact]
    public async Task What_was_not_handed_out_is_kept_for_the_next_enumeration()
    {
        await using var fixture = new ShareFixture(records: 4);
        await using var consumer = fixture.Subscribe(static options => options with { AcknowledgeMode = AcknowledgeMode.Explicit });

        Assert.Equal(["0", "1"], await ReadAsync(consumer, 2));
        Assert.Equal(["2", "3"], await ReadAsync(consumer, 2));
        Assert.All(fixture.Group.States, static state => Assert.Equal("held", state));
    }

    [Fact]
    public async Task A_lock_is_renewed_when_the_leader_agrees_and_a_leader_that_is_too_old_is_told_of()
    {
        await using var fixture = new ShareFixture(records: 1);
        await using var consumer = fixture.Subscribe();
        await foreach (var record in consumer.ReceiveAsync<string, string>())
        {
            await record.RenewAsync().OrTimeout("the renewal");
            fixture.Group.AcknowledgeError = ErrorCode.InvalidRecordState;
            Assert.Equal(ErrorCode.InvalidRecordState, (await Assert.ThrowsAsync<KafkaException>(() => record.RenewAsync().OrTimeout("the refusal"))).ErrorCode);
            fixture.Group.AcknowledgeError = ErrorCode.None;
            break;
        }

        Assert.Contains("renew 0: 0-0 renew", fixture.Group.Asked);

        await using var older = new ShareFixture(records: 1, highest: 1);
        await using var left = older.Subscribe();
        var only = (await left.ReceiveAsync<string, string>().TakeAsync(1))[0];
        await using var explicitly = older.Subscribe(static options => options with { AcquireMode = ShareAcquireMode.RecordLimit });
        Assert.Equal(ErrorCode.UnsupportedVersion, (await Assert.ThrowsAsync<KafkaException>(() => explicitly.ReceiveAsync<string, string>().TakeAsync(1))).ErrorCode);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_rejected_and_told_of_and_the_others_go_on()
    {
        var unreadable = new List<long>();
        await using var fixture = new ShareFixture(records: 0);
        fixture.Group.Put(0, 0, [0, 0, 0, 7]);
        fixture.Group.Put(0, 1, [1]);
        fixture.Group.Put(0, 2, [0, 0, 0, 9]);
        await using (var consumer = fixture.Subscribe(options => options with { OnUnreadable = (failure, _) => Add(failure) }))
        {
            Assert.Equal([7, 9], (await consumer.ReceiveAsync<string, int>().TakeAsync(2)).Select(static record => record.Value));
        }

        Assert.Equal([1L], unreadable);
        Assert.Equal(["accepted", "rejected", "free"], fixture.Group.States);

        ValueTask Add(KafkaSerializationException failure)
        {
            unreadable.Add(failure.Offset!.Value);
            return default;
        }
    }

    [Fact]
    public async Task Without_anybody_to_tell_the_enumeration_throws_and_goes_on_behind_the_record()
    {
        await using var fixture = new ShareFixture(records: 0);
        fixture.Group.Put(0, 0, [1]);
        fixture.Group.Put(0, 1, [0, 0, 0, 9]);
        await using var consumer = fixture.Subscribe(static options => options with { UnreadableRecords = UnreadableRecords.Release, AcknowledgeMode = AcknowledgeMode.Explicit });

        await Assert.ThrowsAsync<KafkaSerializationException>(() => consumer.ReceiveAsync<string, int>().TakeAsync(1));
        Assert.Equal(9, (await consumer.ReceiveAsync<string, int>().TakeAsync(1))[0].Value);
        await consumer.CommitAsync().OrTimeout("the commit");
        Assert.Equal(["free", "held"], fixture.Group.States);
    }

    [Fact]
    public async Task A_record_whose_lock_ends_before_it_is_handed_out_is_told_of_and_passed_over()
    {
        var told = new List<AcknowledgementResult>();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var fixture = new ShareFixture(records: 2, clock: clock);
        await using var consumer = fixture.Subscribe(options => options with { AcknowledgeMode = AcknowledgeMode.Explicit, OnAcknowledged = told.Add });
        await using var records = consumer.ReceiveAsync<string, string>().GetAsyncEnumerator();
        var first = records.MoveNextAsync().AsTask();
        await first.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the first record");
        clock.Advance(TimeSpan.FromSeconds(31));
        fixture.Put(2);
        var next = records.MoveNextAsync().AsTask();
        await next.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the record after it");

        Assert.Equal(("2", ErrorCode.InvalidRecordState, 1L), (records.Current.Value, Assert.Single(told).Error!.ErrorCode, Assert.Single(told[0].Offsets)));
    }

    [Fact]
    public async Task What_was_acquired_and_is_not_there_is_done_with_as_a_gap()
    {
        await using var fixture = new ShareFixture(records: 0);
        fixture.Group.Put(0, 0, null);
        fixture.Group.Put(0, 1, "1"u8.ToArray());
        fixture.Group.Put(0, 2, null);
        await using var consumer = fixture.Subscribe();
        var reading = ReadAsync(consumer, 2);
        await Waiting.Until(() => fixture.Group.States is ["gone", "accepted", "gone"], () => string.Join(", ", fixture.Group.States));
        fixture.Put(3);
        Assert.Equal(["1", "3"], await reading);
    }

    [Theory]
    [InlineData(ErrorCode.ShareSessionNotFound)]
    [InlineData(ErrorCode.InvalidShareSessionEpoch)]
    [InlineData(ErrorCode.ShareSessionLimitReached)]
    public async Task When_the_session_ends_acknowledgements_are_told_to_have_failed_and_records_come_again(ErrorCode code)
    {
        await using var fixture = new ShareFixture(records: 2);
        await using var consumer = fixture.Subscribe(static options => options with { AcknowledgeMode = AcknowledgeMode.Explicit });
        var records = await consumer.ReceiveAsync<string, string>().TakeAsync(2);
        records[0].Accept();
        fixture.Group.Fail(ApiKey.ShareAcknowledge, code);

        Assert.Equal(code, (await consumer.CommitAsync().OrTimeout("the commit"))[new("t", 0)]!.ErrorCode);
        records[1].Accept();
        Assert.Equal(ErrorCode.ShareSessionNotFound, (await consumer.CommitAsync().OrTimeout("the second commit"))[new("t", 0)]!.ErrorCode);
        Assert.Equal([("0", 2), ("1", 2)], (await consumer.ReceiveAsync<string, string>().TakeAsync(2)).Select(static record => (record.Value!, record.DeliveryCount)));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_made_anew_and_nothing_is_lost()
    {
        await using var fixture = new ShareFixture(records: 50);
        await using var consumer = fixture.Subscribe(static options => options with { MaxRecords = 5 });
        var values = new List<string>();
        await foreach (var record in consumer.ReceiveAsync<string, string>())
        {
            values.Add(record.Value!);
            if (values.Count % 7 == 0)
            {
                fixture.Broker.CutAll();
                fixture.Group.Fail(ApiKey.ShareFetch, ErrorCode.ShareSessionNotFound);
            }

            if (fixture.Group.States.TrueForAll(static state => state is "accepted" or "held") && record.Value == "49")
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(static number => $"{number}").Order(), values.Distinct().Order());
    }

    [Theory]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.FencedMemberEpoch)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress)]
    public async Task A_member_that_is_put_out_or_not_heard_joins_again(ErrorCode code)
    {
        await using var fixture = new ShareFixture(records: 1);
        fixture.Group.Fail(ApiKey.ShareGroupHeartbeat, code, code);
        await using var consumer = fixture.Subscribe();

        Assert.Equal(["0"], await ReadAsync(consumer, 1));
        Assert.Equal([$"beat 0 [t]: {code}", $"beat 0 [t]: {code}", "beat 0 [t]"], fixture.Group.Asked.Take(3));
    }

    [Fact]
    public async Task A_group_that_may_not_be_used_is_told_by_the_enumeration_and_asked_again_by_the_next()
    {
        await using var fixture = new ShareFixture(records: 1);
        fixture.Group.Fail(ApiKey.ShareGroupHeartbeat, ErrorCode.GroupAuthorizationFailed);
        await using var consumer = fixture.Subscribe();

        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => ReadAsync(consumer, 1));
        Assert.Equal((ErrorCode.GroupAuthorizationFailed, "shared"), (failure.ErrorCode, failure.GroupId));
        Assert.Equal(["0"], await ReadAsync(consumer, 1));
    }

    [Fact]
    public async Task Options_that_cannot_be_used_are_told_all_at_once()
    {
        await using var fixture = new ShareFixture(records: 0);
        var faults = Assert.Throws<KafkaConfigurationException>(() => fixture.Client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "", MaxRecords = 0, ClientRack = "", MaxWait = TimeSpan.FromHours(1) }));
        Assert.All(["GroupId is empty", "MaxRecords is 0", "ClientRack is empty", "MaxWait is 3600000 ms"], text => Assert.Contains(text, faults.Message, StringComparison.Ordinal));

        await using var consumer = fixture.Client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "shared" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(consumer, 1));
        Assert.Throws<ArgumentException>(() => consumer.Subscribe());
    }

    private static async Task<List<string>> ReadAsync(ShareConsumer consumer, int count) =>
        (await consumer.ReceiveAsync<string, string>().TakeAsync(count)).ConvertAll(static record => record.Value!);
}
