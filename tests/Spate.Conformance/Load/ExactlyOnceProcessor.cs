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
    private volatile bool _isRetired;

    /// <param name="client">Reads and writes.</param>
    /// <param name="commits">Released with each commit.</param>
    public ExactlyOnceProcessor(KafkaClient client, SemaphoreSlim commits)
    {
        _client = client;
        _commits = commits;
        Running = Task.Run(RunAsync);
    }

    /// <summary>Its work; ends when another has come with its name.</summary>
    public Task Running { get; }

    /// <summary>How often something could not be committed.</summary>
    public int Failures { get; private set; }

    /// <summary>It is about to be replaced: it works on until something fails, and does not begin anew, which would put out the one that replaces it.</summary>
    public void Retire() => _isRetired = true;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await ProcessAsync();
            }
            catch (KafkaProducerFencedException)
            {
                return;
            }
            catch (KafkaException) when (!_isRetired)
            {
                // With another producer of the same name, which ends what is left of the one before.
                Failures++;
            }
            catch (KafkaException)
            {
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
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
