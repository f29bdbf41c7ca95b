using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Spate.Client.Consuming;

namespace Spate.Client.Hosting.Consuming;

/// <summary>
/// A service of the program that reads topics as a member of a group and handles one record after the other. When the program stops, the record in hand is finished, what was
/// finished is committed and the group is left, within the host's time for that (<c>HostOptions.ShutdownTimeout</c>). Failures to read that may pass are waited out;
/// others end the service, and the program by the host's rules.
/// <code>
/// sealed class Billing(KafkaClient client, ILogger&lt;Billing> log)
///     : KafkaConsumerService&lt;string, Order>(client, new() { Topics = ["orders"], GroupId = "billing" }, log)
/// {
///     protected override Task HandleAsync(ConsumerRecord&lt;string, Order> record, CancellationToken cancellationToken) => ...;
/// }
/// </code>
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public abstract class KafkaConsumerService<TKey, TValue> : HostedConsumer
{
    private readonly KafkaClient _client;
    private readonly KafkaConsumerServiceOptions _options;
    private readonly ConsumerOptions _consumerOptions;
    private readonly ServiceBackoff _backoff;
    private readonly ILogger _log;
    private readonly string _topics;
    private readonly ServiceMember[] _members;

    /// <param name="client">The client to read with.</param>
    /// <param name="options">What to read, and how.</param>
    /// <param name="logger">Where its lines of log go.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    protected KafkaConsumerService(KafkaClient client, KafkaConsumerServiceOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        var consumer = options.Consumer ?? client.Options.Consumer;
        _client = client;
        _options = options;
        _log = logger;
        _backoff = new ServiceBackoff(client.Options.TimeProvider, options.RetryBackoff, options.RetryBackoffMax);
        _consumerOptions = consumer with { GroupId = options.GroupId ?? consumer.GroupId, OnUnreadable = consumer.OnUnreadable ?? OnUnreadableAsync };
        if (_consumerOptions.GroupId is null)
        {
            throw new KafkaConfigurationException("A service that consumes is a member of a group: set GroupId in its options, or in those of the client's consumers.");
        }

        if (!_consumerOptions.AutoCommit)
        {
            throw new KafkaConfigurationException("A service that consumes commits what it has handled: leave AutoCommit on, or consume without the service.");
        }

        _topics = string.Join(", ", options.Topics);

        // While a partition cannot be read that is told of every ApiTimeout: silence for twice as long means that all is well again.
        _members = [.. Enumerable.Range(0, options.Members).Select(_ => new ServiceMember(client.Options.TimeProvider, client.Options.ApiTimeout * 2))];
    }

    private protected override IReadOnlyList<ServiceMember> Members => _members;

    /// <summary>
    /// Handles a record. When it has ended the record is finished, and will be committed. Records of one partition come one after the other; of several members, side by side.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Ends when the program stops and the time for that is up, not when it begins to stop.</param>
    protected abstract Task HandleAsync(ConsumerRecord<TKey, TValue> record, CancellationToken cancellationToken);

    /// <summary>Decides about a record whose handling threw. Here is the place to put it aside, in a topic of its own, before it is passed over.</summary>
    /// <param name="record">The record.</param>
    /// <param name="failure">What was thrown.</param>
    /// <param name="attempt">How often it was handled, from 1.</param>
    /// <param name="cancellationToken">As for <see cref="HandleAsync"/>.</param>
    /// <returns>Unless overridden: <see cref="FailureAction.Retry"/> for a <see cref="KafkaException"/> that may pass, or else <see cref="FailureAction.Stop"/>.</returns>
    protected virtual ValueTask<FailureAction> OnFailedAsync(ConsumerRecord<TKey, TValue> record, Exception failure, int attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(failure is KafkaException { IsRetriable: true } ? FailureAction.Retry : FailureAction.Stop);

    /// <summary>
    /// Told of a record that cannot be read, with its position and raw bytes; when this has ended the record is passed over. Unless overridden it throws the failure, which ends the service.
    /// </summary>
    /// <param name="unreadable">What was wrong with it.</param>
    /// <param name="cancellationToken">Ends when the program stops.</param>
    protected virtual ValueTask OnUnreadableAsync(KafkaSerializationException unreadable, CancellationToken cancellationToken) => throw unreadable;

    private protected override async Task LiveAsync(ServiceMember member, CancellationToken stopping)
    {
        var consumer = _client.CreateConsumer(_consumerOptions);
        await using (consumer.ConfigureAwait(false))
        {
            consumer.Subscribe(_options.Topics);
            _log.Begun(_topics, _consumerOptions.GroupId);
            member.Begin(() => LagOf(consumer));
            await ReadAsync(consumer, member, stopping).ConfigureAwait(false);
            member.End();
        }

        _log.Ended(_topics);
    }

    private async Task ReadAsync(Consumer consumer, ServiceMember member, CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            ConsumerRecord<TKey, TValue>? finished = null;
            var isHandling = false;
            try
            {
                await foreach (var record in consumer.ConsumeAsync<TKey, TValue>(stopping).ConfigureAwait(false))
                {
                    failures = 0;
                    member.Recover();
                    isHandling = true;
                    finished = await ProcessAsync(record, stopping).ConfigureAwait(false) ? record : null;
                    isHandling = false;
                    if (stopping.IsCancellationRequested)
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException) when (!isHandling && stopping.IsCancellationRequested)
            {
                // It waited for a record when the program began to stop.
            }
            catch (KafkaException failure) when (!isHandling && ServiceBackoff.MayPass(failure))
            {
                member.Fail(failure);
                var wait = _backoff.After(++failures);
                _log.ReadingFailed(failures, wait.TotalMilliseconds, failure);
                await _backoff.WaitAsync(wait, stopping).ConfigureAwait(false);
            }

            if (finished is { } last && stopping.IsCancellationRequested)
            {
                await CommitAsync(consumer, last).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Handles a record as often as it takes; false when the program stops before it is finished.</summary>
    private async Task<bool> ProcessAsync(ConsumerRecord<TKey, TValue> record, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryHandleAsync(record).ConfigureAwait(false) is not { } failure)
            {
                return true;
            }

            var position = $"{record.Partition}, offset {record.Offset}";
            if (IsLate.IsCancellationRequested)
            {
                _log.HandlingCutOff(position);
                return false;
            }

            switch (await OnFailedAsync(record, failure, attempt, IsLate).ConfigureAwait(false))
            {
                case FailureAction.Skip:
                    _log.HandlingSkipped(position, failure);
                    return true;
                case FailureAction.Retry:
                    var wait = _backoff.After(attempt);
                    _log.HandlingRetried(position, attempt, wait.TotalMilliseconds, failure);
                    if (!await _backoff.WaitAsync(wait, stopping).ConfigureAwait(false))
                    {
                        return false;
                    }

                    break;
                default:
                    _log.HandlingStopped(position, failure);
                    ExceptionDispatchInfo.Throw(failure);
                    return false;
            }
        }
    }

    private async Task<Exception?> TryHandleAsync(ConsumerRecord<TKey, TValue> record)
    {
        using var processing = record.StartProcessing();
        try
        {
            await HandleAsync(record, IsLate).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure)
        {
            // Whatever it is, the one who wrote the handler decides about it.
            processing?.Fail(failure);
            return failure;
        }
    }

    /// <summary>The last record before the stop: nobody asks for the one after it, so it is committed by name. Those before it are committed when the consumer ends.</summary>
    private async Task CommitAsync(Consumer consumer, ConsumerRecord<TKey, TValue> record)
    {
        try
        {
            await consumer.CommitAsync(record, IsLate).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaException or OperationCanceledException)
        {
            _log.CommitFailed($"{record.Partition}, offset {record.Offset}", failure);
        }
    }

    private static long? LagOf(Consumer consumer)
    {
        long? sum = null;
        foreach (var partition in consumer.Assignment)
        {
            try
            {
                sum = consumer.Lag(partition) is { } lag ? (sum ?? 0) + lag : sum;
            }
            catch (InvalidOperationException)
            {
                // The partition has gone to another member in between; it counts there.
            }
        }

        return sum;
    }
}
