using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Tests.Runtime;

public sealed class ShardTimersTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Timers_come_due_as_a_plain_list_of_times_says_whatever_is_done_to_them()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            using var timers = new ShardTimers(_time, TimeSpan.FromMilliseconds(1), () => { });
            var expected = new Dictionary<TimerKey, long>();
            var now = 0L;
            for (var step = 0; step < 400; step++)
            {
                var key = new TimerKey("t", "g", random.Next(12).ToString());
                var delay = random.Next(0, 40);
                switch (random.Next(4))
                {
                    case 0:
                        timers.Schedule(key, TimeSpan.FromMilliseconds(delay), () => CommandOutcome.Done);
                        expected[key] = now + delay;
                        break;
                    case 1:
                        Assert.Equal(expected.ContainsKey(key), timers.Restart(key, TimeSpan.FromMilliseconds(delay)));
                        if (expected.ContainsKey(key))
                        {
                            expected[key] = now + delay;
                        }

                        break;
                    case 2:
                        timers.Cancel(key);
                        expected.Remove(key);
                        break;
                    default:
                        var passed = random.Next(0, 20);
                        _time.Advance(TimeSpan.FromMilliseconds(passed));
                        now += passed;
                        break;
                }

                var due = new List<TimerKey>();
                while (timers.TakeDue() is { } timer)
                {
                    Assert.True(timers.TryClaim(timer));
                    due.Add(timer.Key);
                }

                timers.Arm();
                var expectedDue = expected.Where(timer => timer.Value <= now).Select(timer => timer.Key).ToList();
                Assert.True(expectedDue.OrderBy(timer => timer.Member).SequenceEqual(due.OrderBy(timer => timer.Member)), $"seed {seed}, step {step}");
                expectedDue.ForEach(timer => expected.Remove(timer));
                Assert.Equal(expected.Count, timers.Count);
            }
        }
    }

    [Fact]
    public void The_alarm_rings_when_the_first_timer_is_due_and_not_before()
    {
        var rung = 0;
        using var timers = new ShardTimers(_time, TimeSpan.FromMilliseconds(1), () => rung++);
        timers.Schedule(new TimerKey("late", "g"), TimeSpan.FromSeconds(9), () => CommandOutcome.Done);
        timers.Schedule(new TimerKey("early", "g"), TimeSpan.FromSeconds(3), () => CommandOutcome.Done);
        timers.Arm();
        _time.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.Equal(0, rung);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, rung);
    }

    [Fact]
    public void A_timer_beyond_what_a_clock_can_be_set_to_still_comes_due()
    {
        using var timers = new ShardTimers(_time, TimeSpan.FromMilliseconds(1), () => { });
        timers.Schedule(new TimerKey("far", "g"), TimeSpan.FromDays(100), () => CommandOutcome.Done);
        timers.Arm();
        _time.Advance(TimeSpan.FromDays(99));
        Assert.Null(timers.TakeDue());
        _time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(timers.TakeDue());
    }
}
