using System.Collections.Concurrent;

namespace Spate.Client.Hosting.Tests;

/// <summary>What a test has a service do with records, and what the service did.</summary>
/// <typeparam name="TService">The service, made by the host.</typeparam>
internal abstract class RecordHandler<TService>
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    public ConcurrentQueue<string> Finished { get; } = new();

    public ConcurrentQueue<KafkaSerializationException> Unreadable { get; } = new();

    public TService? Service { get; set; }

    public Task WhenFinished(int count)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Finished.Count >= count)
            {
                reached.SetResult();
            }

            _awaited.Add((count, reached));
            return reached.Task;
        }
    }

    public void Finish(string value)
    {
        lock (_gate)
        {
            Finished.Enqueue(value);
            foreach (var (count, reached) in _awaited)
            {
                if (Finished.Count >= count)
                {
                    reached.TrySetResult();
                }
            }
        }
    }
}
