using Spate.Client;
using Spate.Client.Producing;
using Spate.Client.Producing.Transactions;

namespace Spate.Conformance.Load;

/// <summary>
/// Reads "in", writes what it reads to the same partitions of "out", and commits both as one with Spate.Client, again and again, until it is disposed or another has come with its name.
/// What cannot be committed is read again.
/// </summary>
internal sealed class ExactlyOnceProcessor : IAsyncDisposable
{
    private const int PerTransaction = 20;

    private readonly CancellationTokenSource _stopping = new();
    private readonly KafkaClient _client;
    private readonly SemaphoreSlim _commits;

    /// <param name="client">Reads and writes.</param>
    /// <param name="commits">Released with each commit.</param>
    public ExactlyOnceProcessor(KafkaClient client, SemaphoreSlim commits)
    {
        _client = client;
        _commits = commits;
        Running = Task.Run(RunAsync);
    }

    /// <summary>Its work; ends with whether another has come with its name.</summary>
    public Task<bool> Running { get; }

    /// <summary>How often something could not be committed.</summary>
    public int Failures { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Running;
        _stopping.Dispose();
    }

    private async Task<bool> RunAsync()
    {
        while (true)
        {
            try
            {
                await ProcessAsync();
            }
            catch (KafkaProducerFencedException)
            {
                return true;
            }
            catch (KafkaException)
            {
                // With another producer of the same name, which ends what is left of the one before.
                Failures++;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private async Task ProcessAsync()
    {
        await using var producer = _client.CreateProducer(new ProducerOptions { TransactionalId = "processor", Linger = TimeSpan.Zero });
        await using var consumer = _client.CreateConsumer(_client.Options.Consumer with { GroupId = "processors", AutoCommit = false, HeartbeatInterval = TimeSpan.FromMilliseconds(100) });
        consumer.Subscribe("in");
        var count = 0;
        ProducerTransaction? open = null;
        try
        {
            await foreach (var record in consumer.ConsumeAsync<NoKey, int>(_stopping.Token))
            {
                open ??= await producer.BeginTransactionAsync(consumer, _stopping.Token);
                await open.PostAsync(new ProducerRecord<NoKey, int>("out", default, record.Value) { Partition = record.Partition.Partition });
                if (++count % PerTransaction == 0 || consumer.Lag(record.Partition) == 0)
                {
                    await open.CommitAsync();
                    open = null;
                    _commits.Release();
                }
            }
        }
        finally
        {
            if (open is not null)
            {
                await open.DisposeAsync();
            }
        }
    }
}
