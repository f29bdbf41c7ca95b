using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Spate.Client.Sharing;

namespace Spate.Client.Hosting.Consuming;

/// <summary>
/// A service of the program that works as a member of a share group (KIP-932): it handles one record after the other and says of each what became of it. When the program stops, the record in hand is
/// finished, what was said is sent and confirmed, and what was not handled yet is released for other members, within the host's time for that (<c>HostOptions.ShutdownTimeout</c>). Failures to
/// read that may pass are waited out; others end the service, and the program by the host's rules.
/// <code>
/// sealed class Printing(KafkaClient client, ILogger&lt;Printing> log)
///     : KafkaShareService&lt;string, Job>(client, new() { Topics = ["jobs"], Consumer = new() { GroupId = "printers" } }, log)
/// {
///     protected override Task HandleAsync(ShareRecord&lt;string, Job> record, CancellationToken cancellationToken) => ...;
/// }
/// </code>
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public abstract class KafkaShareService<TKey, TValue> : HostedConsumer
{
    private readonly KafkaClient _client;
    private readonly KafkaShareServiceOptions _options;
    private readonly ShareConsumerOptions _consumerOptions;
    private readonly ServiceBackoff _backoff;
    private readonly ILogger _log;
    private readonly string _topics;
    private readonly ServiceMember[] _members;

    /// <param name="client">The client to read with.</param>
    /// <param name="options">What to read, and how.</param>
    /// <param name="logger">Where its lines of log go.</param>
    /// <exception cref="KafkaConfigurationException">The options cannot be used; the message names every fault.</exception>
    protected KafkaShareService(KafkaClient client, KafkaShareServiceOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        _client = client;
        _options = options;
        _log = logger;
        _backoff = new ServiceBackoff(client.Options.TimeProvider, options.RetryBackoff, options.RetryBackoffMax);
        _consumerOptions = options.Consumer with { AcknowledgeMode = AcknowledgeMode.Explicit, OnUnreadable = options.Consumer.OnUnreadable ?? OnUnreadableAsync };
        _topics = string.Join(", ", options.Topics);
        _members = [.. Enumerable.Range(0, options.Members).Select(_ => new ServiceMember(client.Options.TimeProvider, client.Options.ApiTimeout * 2))];
    }

    private protected override IReadOnlyList<ServiceMember> Members => _members;

    /// <summary>
    /// Handles a record. When it has ended the record is accepted, unless this has said something else of it. Work that takes longer than the group's lock of a record renews it
    /// (<see cref="ShareRecord{TKey, TValue}.RenewAsync"/>).
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Ends when the program stops and the time for that is up, not when it begins to stop.</param>
    protected abstract Task HandleAsync(ShareRecord<TKey, TValue> record, CancellationToken cancellationToken);

    /// <summary>Decides about a record whose handling threw.</summary>
    /// <param name="record">The record, which says how often it was delivered.</param>
    /// <param name="failure">What was thrown.</param>
    /// <param name="cancellationToken">As for <see cref="HandleAsync"/>.</param>
    /// <returns>Unless overridden: <see cref="ShareFailureAction.Release"/>; the group's own limit ends that.</returns>
    protected virtual ValueTask<ShareFailureAction> OnFailedAsync(ShareRecord<TKey, TValue> record, Exception failure, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ShareFailureAction.Release);

    /// <summary>
    /// Told of a record that cannot be read, with its position and raw bytes, when it has been acknowledged as <see cref="ShareConsumerOptions.UnreadableRecords"/> says. Unless overridden it is
    /// written to the log as an error, and others go on.
    /// </summary>
    /// <param name="unreadable">What was wrong with it.</param>
    /// <param name="cancellationToken">Ends when the program stops.</param>
    protected virtual ValueTask OnUnreadableAsync(KafkaSerializationException unreadable, CancellationToken cancellationToken)
    {
        _log.Unreadable(unreadable);
        return ValueTask.CompletedTask;
    }

    private protected override async Task LiveAsync(ServiceMember member, CancellationToken stopping)
    {
        var consumer = _client.CreateShareConsumer(_consumerOptions);
        await using (consumer.ConfigureAwait(false))
        {
            consumer.Subscribe(_options.Topics);
            _log.SharingBegun(_topics, _consumerOptions.GroupId);
            member.Begin(static () => null);
            await ReadAsync(consumer, member, stopping).ConfigureAwait(false);
            await ConfirmAsync(consumer).ConfigureAwait(false);
            member.End();
        }

        _log.SharingEnded(_topics);
    }

    private async Task ReadAsync(ShareConsumer consumer, ServiceMember member, CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            var isHandling = false;
            try
            {
                await foreach (var record in consumer.ReceiveAsync<TKey, TValue>(stopping).ConfigureAwait(false))
                {
                    failures = 0;
                    member.Recover();
                    isHandling = true;
                    await ProcessAsync(record).ConfigureAwait(false);
                    isHandling = false;
                }
            }
            catch (OperationCanceledException) when (!isHandling && stopping.IsCancellationRequested)
            {
                // It waited for a record, or had just finished one, when the program began to stop.
            }
            catch (KafkaException failure) when (!isHandling && ServiceBackoff.MayPass(failure))
            {
                member.Fail(failure);
                var wait = _backoff.After(++failures);
                _log.ReadingFailed(failures, wait.TotalMilliseconds, failure);
                await _backoff.WaitAsync(wait, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task ProcessAsync(ShareRecord<TKey, TValue> record)
    {
        if (await TryHandleAsync(record).ConfigureAwait(false) is not { } failure)
        {
            Say(record, ShareFailureAction.Accept);
            return;
        }

        var position = $"{record.Partition}, offset {record.Offset}";
        if (IsLate.IsCancellationRequested)
        {
            Say(record, ShareFailureAction.Release);
            _log.SharedHandlingCutOff(position);
            return;
        }

        ShareFailureAction action;
        try
        {
            action = await OnFailedAsync(record, failure, IsLate).ConfigureAwait(false);
        }
        catch
        {
            Say(record, ShareFailureAction.Release);
            throw;
        }

        Say(record, action);
        _log.SharedHandlingFailed(position, record.DeliveryCount, action, failure);
        if (action == ShareFailureAction.Stop)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Says what becomes of a record, unless its handler has.</summary>
    private static void Say(ShareRecord<TKey, TValue> record, ShareFailureAction action)
    {
        if (record.IsAcknowledged)
        {
            return;
        }

        switch (action)
        {
            case ShareFailureAction.Accept:
                record.Accept();
                break;
            case ShareFailureAction.Reject:
                record.Reject();
                break;
            default:
                record.Release();
                break;
        }
    }

    private async Task<Exception?> TryHandleAsync(ShareRecord<TKey, TValue> record)
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

    /// <summary>Sends what was said of the last records, and looks whether it counts.</summary>
    private async Task ConfirmAsync(ShareConsumer consumer)
    {
        try
        {
            foreach (var (partition, error) in await consumer.CommitAsync(IsLate).ConfigureAwait(false))
            {
                if (error is not null)
                {
                    _log.AcknowledgingFailed(partition.ToString(), error);
                }
            }
        }
        catch (OperationCanceledException late)
        {
            _log.AcknowledgingFailed(_topics, late);
        }
    }
}
