using Spate.Client.Consuming;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>A member of a group that reads in the background and keeps what it has read, until it is disposed or fails.</summary>
internal sealed class GroupReader : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _values = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _reading;
    private bool _isDisposed;

    /// <param name="client">Its client.</param>
    /// <param name="options">Its options.</param>
    /// <param name="subscribe">What it subscribes to; null for topic t.</param>
    /// <param name="work">Done with each record before the next is asked for.</param>
    public GroupReader(KafkaClient client, ConsumerOptions options, Action<Consumer>? subscribe = null, Func<ConsumerRecord<string, string>, Task>? work = null)
    {
        Consumer = client.CreateConsumer(options);
        (subscribe ?? (static consumer => consumer.Subscribe("t")))(Consumer);
        _reading = Task.Run(() => ReadAsync(work ?? (static _ => Task.CompletedTask)));
    }

    public Consumer Consumer { get; }

    /// <summary>Ends when the enumeration does; holds what it threw.</summary>
    public Task Reading => _reading;

    public List<string> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    /// <summary>Waits for so many partitions to be its own.</summary>
    public Task HasPartitions(int count) => Waiting.Until(
        () => Consumer.Assignment.Count == count || _reading.IsFaulted, () => $"{count} partitions; there are {string.Join(", ", Consumer.Assignment)}");

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await Consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
        await _ending.CancelAsync();
        _ending.Dispose();
    }

    private async Task ReadAsync(Func<ConsumerRecord<string, string>, Task> work)
    {
        await foreach (var record in Consumer.ConsumeAsync<string, string>(_ending.Token))
        {
            lock (_gate)
            {
                _values.Add(record.Value!);
            }

            await work(record);
        }
    }
}
