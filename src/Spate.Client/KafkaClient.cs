using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Sharing;
using Spate.Protocol;

namespace Spate.Client;

/// <summary>
/// A client of one Kafka cluster, the front of everything here. One instance serves a whole program: its producers, consumers and admin share what is
/// known of the cluster. Safe for use by several threads at once.
/// <code>
/// await using var client = new KafkaClient("localhost:9092");
/// await client.ProduceAsync("orders", "customer-7", "two of them");
/// </code>
/// </summary>
public sealed class KafkaClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Cluster _cluster;
    private readonly ProducerOptions _producerOptions;
    private readonly ConsumerOptions _consumerOptions;
    private Producer? _producer;
    private Task? _ending;
    private bool _isDisposed;

    /// <summary>A client with the default options. Nothing is connected to before the first call.</summary>
    /// <param name="bootstrapServers">See <see cref="KafkaClientOptions.BootstrapServers"/>.</param>
    /// <exception cref="KafkaConfigurationException">The text is not a list of addresses.</exception>
    public KafkaClient(string bootstrapServers)
        : this(new KafkaClientOptions { BootstrapServers = bootstrapServers })
    {
    }

    /// <summary>A client. Nothing is connected to before the first call.</summary>
    /// <param name="options">How it works.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    public KafkaClient(KafkaClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _cluster = new Cluster(options);
        Admin = new Admin(_cluster, options.ApiTimeout);
        _producerOptions = options.Producer;
        _consumerOptions = options.Consumer;
    }

    /// <summary>What it was made with.</summary>
    public KafkaClientOptions Options => _cluster.Options;

    /// <summary>Looks after the cluster: topics, settings, offsets.</summary>
    public Admin Admin { get; }

    /// <summary>Under which id brokers know this client's metrics (KIP-714); null before a broker has given it one, and where <see cref="KafkaClientOptions.EnableMetricsPush"/> is off.</summary>
    public Uuid? ClientInstanceId => _cluster.Push?.InstanceId;

    /// <summary>The producer behind <see cref="ProduceAsync{TKey, TValue}(string, TKey, TValue, CancellationToken)"/>; it is made at first use, and ends with the client.</summary>
    /// <exception cref="KafkaConfigurationException"><see cref="KafkaClientOptions.Producer"/> does not fit the client's own options, such as its RequestTimeout; the message names every fault.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public Producer Producer
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _producer ??= new Producer(_cluster, _producerOptions);
            }
        }
    }

    /// <summary>A producer of the caller's own, with options of its own. Dispose it before the client.</summary>
    /// <param name="options">How it works.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public Producer CreateProducer(ProducerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Producer(_cluster, options);
    }

    /// <summary>A consumer of its group's partitions, or of partitions that the caller names. Dispose it before the client.</summary>
    /// <param name="options">How it works; null, the default, for <see cref="KafkaClientOptions.Consumer"/>.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public Consumer CreateConsumer(ConsumerOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Consumer(_cluster, options ?? _consumerOptions);
    }

    /// <summary>A member of a share group (KIP-932): brokers since Kafka 4.1. Dispose it before the client.</summary>
    /// <param name="options">How it works, and in which group.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public ShareConsumer CreateShareConsumer(ShareConsumerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new ShareConsumer(_cluster, options);
    }

    /// <summary>
    /// Hands out the records of a topic as they come, without end and without a group: every enumeration reads all partitions that the topic has when it begins.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="start">Where to begin; null for what <see cref="ConsumerOptions.OffsetReset"/> says.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="Consumer.ConsumeAsync" path="/exception"/>
    public RecordStream<TKey, TValue> ConsumeAsync<TKey, TValue>(string topic, StartPosition? start = null, CancellationToken cancellationToken = default) =>
        new(token => OpenAsync(_consumerOptions, consumer => consumer.AssignTopicAsync(topic, start, token)), cancellationToken);

    /// <summary>
    /// Hands out the records of a topic as they come, without end, shared with all who read it in the same group. A record is finished, and is committed now and then, when the one after
    /// it is asked for; what was not finished when the enumeration ended is handed out again, here or to another member.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="group">The group. <see cref="KafkaClientOptions.Consumer"/> says everything else.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="Consumer.ConsumeAsync" path="/exception"/>
    public RecordStream<TKey, TValue> ConsumeAsync<TKey, TValue>(string topic, string group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new RecordStream<TKey, TValue>(
            _ => OpenAsync(
                _consumerOptions with { GroupId = group },
                consumer =>
                {
                    consumer.Subscribe(topic);
                    return Task.CompletedTask;
                }),
            cancellationToken);
    }

    /// <summary>Sends a record; the task ends when it has been delivered.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">The key, whose records go to one partition; null for none.</param>
    /// <param name="value">The value; null deletes the key from a compacted topic.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room, as <see cref="Producing.Producer.ProduceAsync"/> says. Once it is in a batch it cannot be called back.</param>
    /// <inheritdoc cref="Producing.Producer.ProduceAsync" path="/exception"/>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(string topic, TKey? key, TValue? value, CancellationToken cancellationToken = default) =>
        Producer.ProduceAsync(new ProducerRecord<TKey, TValue>(topic, key, value), cancellationToken);

    /// <summary>Sends a record without a key; the task ends when it has been delivered.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room. Once it is on its way it cannot be called back.</param>
    /// <inheritdoc cref="Producing.Producer.ProduceAsync" path="/exception"/>
    public ValueTask<RecordMetadata> ProduceAsync<TValue>(string topic, TValue value, CancellationToken cancellationToken = default) =>
        Producer.ProduceAsync(new ProducerRecord<NoKey, TValue>(topic, default, value), cancellationToken);

    /// <summary>Sends at once what <see cref="Producer"/> has taken; the task ends when all of it has been delivered or has failed. Nothing is to be done where nothing was produced.</summary>
    /// <param name="cancellationToken">Ends the wait; the records stay on their way.</param>
    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        Producer? producer;
        lock (_gate)
        {
            producer = _producer;
        }

        return producer?.FlushAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>
    /// Delivers what <see cref="Producer"/> has taken, and closes all connections. Other calls under way fail. Where brokers are away it takes as long as <see cref="ProducerOptions.DeliveryTimeout"/>; then, or
    /// when the token is cancelled, what is not delivered fails, as <see cref="Producing.Producer.CloseAsync"/> says. Called again, it waits for the same end.
    /// </summary>
    /// <param name="cancellationToken">Ends it at once. That is no failure, so nothing is thrown.</param>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Task ending;
        Producer? producer;
        lock (_gate)
        {
            _isDisposed = true;
            producer = _producer;
            ending = _ending ??= EndAsync(producer);
        }

        if (producer is not null)
        {
            await producer.CloseAsync(cancellationToken).ConfigureAwait(false);
        }

        await ending.ConfigureAwait(false);
    }

    /// <summary>As <see cref="CloseAsync"/> without a token: delivers what <see cref="Producer"/> has taken, for no longer than its <see cref="ProducerOptions.DeliveryTimeout"/>, and closes all connections.</summary>
    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task EndAsync(Producer? producer)
    {
        // The caller holds the gate: nothing may run on its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (producer is not null)
        {
            await producer.CloseAsync().ConfigureAwait(false);
        }

        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A consumer for one enumeration.</summary>
    private async Task<Consumer> OpenAsync(ConsumerOptions options, Func<Consumer, Task> assign)
    {
        var consumer = CreateConsumer(options);
        try
        {
            await assign(consumer).ConfigureAwait(false);
            return consumer;
        }
        catch
        {
            await consumer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
