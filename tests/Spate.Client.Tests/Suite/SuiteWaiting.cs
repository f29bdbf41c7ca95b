namespace Spate.Client.Suite;

/// <summary>Waits of the suites, which end.</summary>
internal static class SuiteWaiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task Soon(this Task task) => task.WaitAsync(Patience);

    /// <summary>The next so many records.</summary>
    public static async Task<List<T>> TakeAsync<T>(this IAsyncEnumerable<T> records, int count)
    {
        using var bound = new CancellationTokenSource(Patience);
        var taken = new List<T>();
        await foreach (var record in records.WithCancellation(bound.Token))
        {
            taken.Add(record);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }
}
