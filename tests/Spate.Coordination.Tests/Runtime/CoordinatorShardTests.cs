using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Runtime;

public sealed class CoordinatorShardTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryLog _log = new();
    private readonly RecordingLogger _logger = new();
    private CoordinatorShard<Tally> _shard;

    public CoordinatorShardTests()
    {
        _shard = NewShard(new ShardOptions());
        Assert.True(_shard.LoadAsync(1, _log).IsCompletedSuccessfully);
    }

    [Fact]
    public void A_command_sees_what_was_committed_before_and_is_answered_when_its_records_are()
    {
        Assert.Equal("0->2", Now(Add("a", 2)));
        Assert.Equal("2->5", Now(Add("a", 3)));
        Assert.Equal(2, _log.Records.Count);
    }

    [Theory]
    [InlineData(false, false, ErrorCode.NotCoordinator)]
    [InlineData(true, false, ErrorCode.CoordinatorLoadInProgress)]
    [InlineData(true, true, ErrorCode.CoordinatorNotAvailable)]
    public void A_shard_that_cannot_serve_says_why(bool loads, bool fails, ErrorCode expected)
    {
        _shard = NewShard(new ShardOptions());
        if (loads)
        {
            var gate = new TaskCompletionSource();
            _log.ReadGate = fails ? Task.CompletedTask : gate.Task;
            _log.ReadFailure = fails ? new IOException("disk") : null;
            var loading = _shard.LoadAsync(1, _log);
            Assert.Equal(fails, loading.IsFaulted);
        }

        Assert.Equal(expected.ToString(), Now(Add("a", 1)));
        Assert.Equal(0, _shard.WaitingCommands);
    }

    [Fact]
    public void Loading_replays_the_log_and_then_tells_the_state()
    {
        Now(Add("a", 2));
        Now(Add("b", 7));
        var other = NewShard(new ShardOptions());
        Assert.True(other.LoadAsync(2, _log).IsCompletedSuccessfully);
        Assert.Equal("2 7 True", Now(Read(other, state => $"{state.Numbers["a"]} {state.Numbers["b"]} {state.IsLoaded}")));
    }

    [Fact]
    public void Refused_records_change_nothing_and_the_caller_hears_the_error()
    {
        Now(Add("a", 2));
        _log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.Equal("NotEnoughReplicas", Now(Add("a", 3)));
        _log.Verdict = () => ErrorCode.None;
        Assert.Equal("2->3", Now(Add("a", 1)));
        Assert.Equal(0, _shard.WaitingCommands);
    }

    [Fact]
    public void While_an_append_hangs_other_keys_are_gathered_into_the_next_one()
    {
        _log.Holds = true;
        var first = Add("a", 1);
        var others = Enumerable.Range(0, 5).Select(index => Add("k" + index, 1)).ToList();
        Assert.All(others.Append(first), task => Assert.False(task.IsCompleted));

        _log.Holds = false;
        _log.Release();

        Assert.Equal([1, 5], _log.Batches);
        Assert.All(others.Append(first), task => Assert.Equal("0->1", Now(task)));
    }

    [Fact]
    public void A_batch_takes_no_more_bytes_than_allowed_but_always_one_command()
    {
        _shard = NewShard(new ShardOptions { BatchBytesMax = 10 });
        Assert.True(_shard.LoadAsync(1, _log).IsCompletedSuccessfully);
        _log.Holds = true;
        var first = Add("a", 1);
        var others = new[] { Add("b", 1), Add("c", 1), Add("d", 1), Add("a-key-that-alone-is-too-long", 1) };
        _log.Holds = false;
        _log.Release();
        Assert.Equal([1, 2, 1, 1], _log.Batches);
        Assert.All(others.Append(first), task => Assert.Equal("0->1", Now(task)));
    }

    [Fact]
    public void An_exclusive_command_waits_for_those_of_its_key_before_it_and_keeps_its_place()
    {
        _log.Holds = true;
        var first = Add("a", 1);
        var second = Add("a", 10);
        var third = Add("a", 100, CommandAccess.Shared);
        _log.Release();
        Assert.Equal("0->1", Now(first));
        Assert.False(second.IsCompleted);
        _log.Release();
        Assert.Equal("1->11", Now(second));
        _log.Release();
        Assert.Equal("11->111", Now(third));
    }

    [Fact]
    public void Shared_commands_of_a_key_go_together_and_immediate_ones_see_what_is_committed()
    {
        _log.Holds = true;
        var first = Add("a", 1, CommandAccess.Shared);
        var second = Add("a", 10, CommandAccess.Shared);
        var third = Add("a", 100, CommandAccess.Shared);
        Assert.Equal("none", Now(Read(_shard, state => state.Numbers.Count == 0 ? "none" : "some")));
        _log.Holds = false;
        _log.Release();
        Assert.Equal([1, 2], _log.Batches);
        Assert.Equal("0->1", Now(first));
        Assert.Equal(["0->11", "0->111"], [Now(second), Now(third)]);
    }

    [Fact]
    public void When_the_mailbox_is_full_callers_are_sent_away_until_there_is_room()
    {
        _shard = NewShard(new ShardOptions { MailboxCapacity = 2 });
        Assert.True(_shard.LoadAsync(1, _log).IsCompletedSuccessfully);
        _log.Holds = true;
        var first = Add("a", 1);
        var second = Add("a", 1);
        Assert.Equal("CoordinatorNotAvailable", Now(Add("b", 1)));
        _log.Holds = false;
        _log.Release();
        Now(first);
        Now(second);
        Assert.Equal("0->1", Now(Add("b", 1)));
    }

    [Fact]
    public void A_reply_that_waits_takes_no_room_and_a_later_command_completes_it()
    {
        var waiting = _shard.SubmitAsync<string>("a", CommandAccess.Exclusive, (state, reply) => state.Await("a", 3, reply), Tally.Refused).AsTask();
        Assert.Equal(0, _shard.WaitingCommands);
        Now(Add("a", 1));
        Assert.False(waiting.IsCompleted);
        Now(Add("a", 2));
        Assert.Equal("a reached 3", Now(waiting));
    }

    [Fact]
    public void Unloading_answers_all_who_wait_whatever_they_wait_for()
    {
        var deferred = _shard.SubmitAsync<string>("a", CommandAccess.Exclusive, (state, reply) => state.Await("a", 99, reply), Tally.Refused).AsTask();
        _log.Holds = true;
        var appending = Add("a", 1);
        var prepared = Add("b", 1);
        var parked = Add("a", 1);

        Assert.True(_shard.UnloadAsync(1).IsCompletedSuccessfully);

        Assert.All([deferred, appending, prepared, parked], task => Assert.Equal("NotCoordinator", Now(task)));
        Assert.Equal(0, _shard.WaitingCommands);
        Assert.Equal("NotCoordinator", Now(Add("a", 1)));
        _log.Release();
        Assert.Equal(ShardStatus.Absent, _shard.Status);
    }

    [Fact]
    public void Loading_again_waits_for_the_append_that_was_left_behind()
    {
        _log.Holds = true;
        var appending = Add("a", 1);
        Assert.True(_shard.UnloadAsync(1).IsCompletedSuccessfully);
        var loading = _shard.LoadAsync(2, _log);
        Assert.Equal(ShardStatus.Loading, _shard.Status);
        _log.Holds = false;
        _log.Release();
        Assert.True(loading.IsCompletedSuccessfully);
        Assert.Equal("NotCoordinator", Now(appending));
        Assert.Equal("1->2", Now(Add("a", 1)));
    }

    [Fact]
    public void A_stale_epoch_neither_loads_nor_unloads()
    {
        Assert.True(_shard.LoadAsync(5, _log).IsCompletedSuccessfully);
        Assert.True(_shard.LoadAsync(4, new MemoryLog()).IsCanceled);
        Assert.True(_shard.UnloadAsync(4).IsCompletedSuccessfully);
        Assert.Equal("0->1", Now(Add("a", 1)));
        Assert.True(_shard.UnloadAsync(6).IsCompletedSuccessfully);
        Assert.True(_shard.LoadAsync(5, _log).IsCanceled);
        Assert.Equal("NotCoordinator", Now(Add("a", 1)));
    }

    [Fact]
    public void A_load_that_is_overtaken_is_cancelled_and_leaves_nothing()
    {
        var gate = new TaskCompletionSource();
        var slow = new MemoryLog { ReadGate = gate.Task };
        slow.Entries.Add(LogEntry.Of(Tally.Record("a", 50)));
        var overtaken = _shard.LoadAsync(2, slow);
        var loaded = _shard.LoadAsync(3, _log);
        gate.SetResult();
        Assert.True(overtaken.IsCanceled);
        Assert.True(loaded.IsCompletedSuccessfully);
        Assert.Equal("0->1", Now(Add("a", 1)));
    }

    [Fact]
    public void An_append_that_cannot_say_what_it_left_makes_the_shard_rebuild_itself()
    {
        Now(Add("a", 1));
        _log.Holds = true;
        var unknown = Add("a", 10);
        _log.Holds = false;
        _log.Release(failure: new IOException("lost")); // and yet it was written
        Assert.Equal("CoordinatorNotAvailable", Now(unknown));
        Assert.Equal("11->12", Now(Add("a", 1)));
        Assert.Single(_logger.AtLeast(LogLevel.Error));
    }

    [Fact]
    public void A_rebuild_that_fails_is_tried_again_after_longer_and_longer()
    {
        Now(Add("a", 1));
        _log.ReadFailure = new IOException("disk");
        _log.AppendFailure = new IOException("disk");
        Assert.Equal("CoordinatorNotAvailable", Now(Add("a", 2)));
        Assert.Equal(ShardStatus.Failed, _shard.Status);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(ShardStatus.Failed, _shard.Status);
        _log.ReadFailure = null;
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(ShardStatus.Failed, _shard.Status);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ShardStatus.Active, _shard.Status);
        Assert.Equal("1->4", Now(Add("a", 3)));
    }

    [Fact]
    public void A_first_load_that_fails_is_told_of_and_tried_again_after_longer_and_longer()
    {
        Now(Add("a", 1));
        _shard = NewShard(new ShardOptions());
        _log.ReadFailure = new IOException("disk");
        var loading = _shard.LoadAsync(2, _log);
        Assert.True(loading.IsFaulted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        _log.ReadFailure = null;
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal((ShardStatus.Failed, "CoordinatorNotAvailable"), (_shard.Status, Now(Add("a", 1))));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("1->2", Now(Add("a", 1)));
        Assert.Equal(2, _logger.AtLeast(LogLevel.Error).Count());
    }

    [Fact]
    public void What_loading_sets_going_is_served_when_it_comes_back_at_once()
    {
        Task<string>? answer = null;
        _shard = NewShard(new ShardOptions(), onLoaded: () => answer = Add("a", 3));
        Assert.True(_shard.LoadAsync(2, _log).IsCompletedSuccessfully);
        Assert.Equal("0->3", Now(answer!));
    }

    [Fact]
    public void A_state_that_cannot_begin_is_loaded_again()
    {
        Now(Add("a", 1));
        var begins = 0;
        _shard = NewShard(new ShardOptions(), onLoaded: () => _ = begins++ == 0 ? throw new IOException("not yet") : 0);
        Assert.True(_shard.LoadAsync(2, _log).IsFaulted);
        Assert.Equal((ShardStatus.Failed, "CoordinatorNotAvailable"), (_shard.Status, Now(Add("a", 1))));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("1->2", Now(Add("a", 1)));
    }

    [Fact]
    public void A_first_load_that_failed_is_not_tried_again_when_the_shard_has_gone_elsewhere()
    {
        _shard = NewShard(new ShardOptions());
        _log.ReadFailure = new IOException("disk");
        Assert.True(_shard.LoadAsync(2, _log).IsFaulted);
        Assert.True(_shard.UnloadAsync(2).IsCompletedSuccessfully);
        _log.ReadFailure = null;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ShardStatus.Absent, _shard.Status);
    }

    [Fact]
    public void A_rebuild_that_failed_is_not_tried_again_when_the_shard_has_gone_elsewhere()
    {
        _log.ReadFailure = new IOException("disk");
        _log.AppendFailure = new IOException("disk");
        Now(Add("a", 2));
        Assert.True(_shard.UnloadAsync(2).IsCompletedSuccessfully);
        _log.ReadFailure = null;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ShardStatus.Absent, _shard.Status);
    }

    [Fact]
    public void An_append_that_throws_at_once_makes_the_shard_rebuild_itself()
    {
        Now(Add("a", 1));
        _log.AppendFailure = new IOException("lost");
        Assert.Equal("CoordinatorNotAvailable", Now(Add("a", 10)));
        Assert.Equal("1->2", Now(Add("a", 1)));
        Assert.Equal(0, _shard.WaitingCommands);
    }

    [Fact]
    public void A_command_that_breaks_costs_all_who_wait_an_error_that_can_be_retried_and_no_state()
    {
        Now(Add("a", 1));
        var deferred = _shard.SubmitAsync<string>("b", CommandAccess.Exclusive, (state, reply) => state.Await("b", 99, reply), Tally.Refused).AsTask();
        var breaking = _shard.SubmitAsync<string>("c", CommandAccess.Exclusive, (state, _) =>
        {
            state.Numbers["a"] = 666;
            throw new InvalidOperationException("an invariant");
        }, Tally.Refused).AsTask();
        Assert.Equal("CoordinatorNotAvailable", Now(breaking));
        Assert.Equal("CoordinatorNotAvailable", Now(deferred));
        Assert.Equal(0, _shard.WaitingCommands);
        Assert.Equal("1->2", Now(Add("a", 1)));
        Assert.Contains("an invariant", Assert.Single(_logger.AtLeast(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_breaks_while_an_append_hangs_rebuilds_itself_when_that_has_ended()
    {
        _log.Holds = true;
        var appending = Add("a", 1);
        var breaking = _shard.SubmitAsync<string>("c", CommandAccess.Exclusive, (_, _) => throw new InvalidOperationException("an invariant"), Tally.Refused).AsTask();
        Assert.Equal("CoordinatorNotAvailable", Now(breaking));
        Assert.Equal("CoordinatorNotAvailable", Now(appending));
        Assert.Equal("CoordinatorLoadInProgress", Now(Add("a", 1)));
        _log.Holds = false;
        _log.Release();
        Assert.Equal("1->2", Now(Add("a", 1)));
    }

    [Fact]
    public void Immediate_commands_may_not_write()
    {
        Assert.Equal("CoordinatorNotAvailable", Now(Add("a", 1, CommandAccess.Immediate)));
        Assert.Empty(_log.Records);
    }

    [Fact]
    public void Callers_who_wait_too_long_for_the_log_are_answered_and_what_was_decided_still_counts()
    {
        _log.Holds = true;
        var appending = Add("a", 1);
        var parked = Add("a", 10);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(appending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("RequestTimedOut", Now(appending));
        Assert.Equal("RequestTimedOut", Now(parked));
        var later = Add("a", 100);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("RequestTimedOut", Now(later));

        _log.Holds = false;
        _log.Release();

        // The first was on its way; those that had not begun never do.
        Assert.Equal("1->2", Now(Add("a", 1)));
        Assert.Equal(0, _shard.WaitingCommands);
    }

    [Fact]
    public void A_timer_whose_records_are_refused_tries_again()
    {
        Now(Read(_shard, state =>
        {
            state.Context.Schedule(new TimerKey("tick", "a"), TimeSpan.FromSeconds(1), () => CommandOutcome.Append([Tally.Record("a", 1)], () => { }));
            return "";
        }));
        _log.Verdict = () => ErrorCode.NotEnoughReplicas;
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Empty(_log.Records);
        _log.Verdict = () => ErrorCode.None;
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Empty(_log.Records);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(_log.Records);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_log.Records);
    }

    [Fact]
    public void A_timer_that_is_due_but_waits_for_the_log_can_still_be_taken_back_or_started_anew()
    {
        var ran = new List<string>();
        Now(Read(_shard, state =>
        {
            foreach (var name in new[] { "cancelled", "restarted" })
            {
                state.Context.Schedule(new TimerKey(name, "a"), TimeSpan.FromSeconds(1), () =>
                {
                    ran.Add(name);
                    return CommandOutcome.Done;
                });
            }

            return "";
        }));
        _log.Holds = true;
        var appending = Add("a", 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Now(Read(_shard, state =>
        {
            state.Context.Cancel(new TimerKey("cancelled", "a"));
            Assert.True(state.Context.Restart(new TimerKey("restarted", "a"), TimeSpan.FromSeconds(2)));
            return "";
        }));
        _log.Release();
        Now(appending);
        Assert.Empty(ran);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["restarted"], ran);
    }

    [Fact]
    public void Timers_end_with_the_shard()
    {
        var ran = false;
        Now(Read(_shard, state =>
        {
            state.Context.Schedule(new TimerKey("tick", "a"), TimeSpan.FromSeconds(1), () =>
            {
                ran = true;
                return CommandOutcome.Done;
            });
            return "";
        }));
        Assert.True(_shard.UnloadAsync(1).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(ran);
    }

    [Fact]
    public async Task On_the_thread_pool_commands_from_many_threads_run_one_at_a_time()
    {
        var shard = new CoordinatorShard<Tally>("t-0", context => new Tally(context), new ShardOptions(), TimeProvider.System, ThreadPoolScheduler.Instance, _logger);
        await shard.LoadAsync(1, _log);
        var inside = 0;
        var answers = await Task.WhenAll(Enumerable.Range(0, 4000).Select(index => Task.Run(async () => await shard.SubmitAsync<string>(
            "k" + (index % 7),
            CommandAccess.Exclusive,
            (state, reply) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                return state.Add("k" + (index % 7), 1, reply);
            },
            Tally.Refused))));
        Assert.All(answers, answer => Assert.Contains("->", answer, StringComparison.Ordinal));
        Assert.Equal(4000, _log.Records.Count);
        Assert.Equal(answers.Length, answers.Select((answer, index) => $"{index % 7} {answer}").Distinct().Count());
        await shard.UnloadAsync(1);
    }

    private static string Now(Task<string> task) => Bench.Now(task);

    private static Task<string> Read(CoordinatorShard<Tally> shard, Func<Tally, string> read) => shard.SubmitAsync<string>(
        "",
        CommandAccess.Immediate,
        (state, reply) =>
        {
            reply.Complete(read(state));
            return CommandOutcome.Done;
        },
        Tally.Refused).AsTask();

    private Task<string> Add(string key, int amount, CommandAccess access = CommandAccess.Exclusive) =>
        _shard.SubmitAsync<string>(key, access, (state, reply) => state.Add(key, amount, reply), Tally.Refused).AsTask();

    private CoordinatorShard<Tally> NewShard(ShardOptions options, Action? onLoaded = null) =>
        new("tally-0", context => new Tally(context) { OnLoaded = onLoaded }, options, _time, new InlineScheduler(), _logger);
}
