namespace Spate;

/// <summary>Waits that end: a test that would hang says what it waited for instead. Linked into the test projects that wait.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task OrTimeout(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException exception) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited in vain for {what}.", exception);
        }
    }

    public static async Task<T> OrTimeout<T>(this Task<T> task, string what)
    {
        await ((Task)task).OrTimeout(what);
        return await task;
    }

    /// <summary>Looks again and again until something holds.</summary>
    public static async Task Until(Func<bool> holds, Func<string> what)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < Patience, $"Waited in vain for {what()}.");
            await Task.Delay(1);
        }
    }

    /// <summary>Moves a clock on, a step at a time, until a task has ended: each step lets what waits for time go on.</summary>
    public static async Task WhileMoving(this Task task, Microsoft.Extensions.Time.Testing.FakeTimeProvider clock, TimeSpan step, string what)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < Patience, $"Waited in vain for {what}.");
            clock.Advance(step);
            await Task.WhenAny(task, Task.Delay(1));
        }

        await task;
    }
}
