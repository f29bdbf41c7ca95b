using System.Diagnostics;
using Spate.Client.Producing;
using Spate.Protocol.Records;

namespace Spate.Client.Telemetry;

/// <summary>
/// The span of one record from the call that sends it to its delivery, and the headers that carry its context. Made only where somebody listens, and used again
/// for other records. It ends once: by the report that goes through it, or by <see cref="Refuse"/>.
/// </summary>
internal sealed class SendTrace
{
    private readonly Cluster _cluster;
    private readonly BoundedPool<SendTrace> _pool;
    private readonly ContextHeaders _context = new();
    private readonly Action<DeliveryReport> _tell;
    private Activity? _activity;
    private Delivery _delivery;

    public SendTrace(Cluster cluster, BoundedPool<SendTrace> pool)
    {
        _cluster = cluster;
        _pool = pool;
        _tell = Tell;
    }

    /// <summary>Whether anybody wants to see spans. If not, no trace is to be made.</summary>
    public static bool IsWatched => ClientDiagnostics.Source.HasListeners();

    /// <summary>What the record is sent with.</summary>
    public ReadOnlyMemory<RecordHeader> Headers { get; private set; }

    /// <summary>Who is told first what became of the record; the one who was given is told after that.</summary>
    public Delivery Delivery => new(_tell);

    public void Begin<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery)
    {
        _delivery = delivery;
        Headers = record.Headers;
        var before = Activity.Current;

        // A context that the record has already is its maker's word; the span points to it, and leaves it as it is.
        var hasOwn = TraceContext.TryRead(record.Headers.ToArray(), out var own);
        _activity = ClientDiagnostics.Source.CreateActivity(
            $"send {record.Topic}", ActivityKind.Producer, parentContext: default, Tags(record.Topic), hasOwn ? [new ActivityLink(own)] : null);
        if (_activity is { IsAllDataRequested: true })
        {
            if (typeof(TKey) != typeof(NoKey) && MessagingTags.KeyOf(record.Key) is { } key)
            {
                _activity.SetTag(MessagingTags.Key, key);
            }

            if (record.Value is null)
            {
                _activity.SetTag(MessagingTags.Tombstone, true);
            }
        }

        _activity?.Start();

        // The span goes on when the call has returned; what the caller does meanwhile is no part of it.
        Activity.Current = before;
        if (!hasOwn && (_activity ?? before) is { } context)
        {
            Headers = _context.Write(record.Headers.Span, context);
        }
    }

    /// <summary>Watches a call that may still be refused.</summary>
    public async ValueTask WhenAcceptedAsync(ValueTask accepted)
    {
        try
        {
            await accepted.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Refuse(failure);
            throw;
        }
    }

    /// <summary>The call threw: nobody will be told by a report.</summary>
    public void Refuse(Exception failure) => End(failure);

    private void Tell(DeliveryReport report)
    {
        var delivery = _delivery;
        if (_activity is { IsAllDataRequested: true } activity)
        {
            activity.SetTag(MessagingTags.PartitionId, MessagingTags.PartitionOf(report.Record.Partition.Partition));
            if (report.Record.Offset >= 0)
            {
                activity.SetTag(MessagingTags.Offset, report.Record.Offset);
            }

            if (_cluster.LeaderOf(report.Record.Partition) is { } leader)
            {
                activity.SetTag(MessagingTags.ServerAddress, leader.Host);
                activity.SetTag(MessagingTags.ServerPort, leader.Port);
            }
        }

        End(report.Error);
        delivery.Tell(report);
    }

    private void End(Exception? failure)
    {
        if (_activity is { } activity)
        {
            if (failure is not null)
            {
                activity.SetTag(MessagingTags.ErrorType, MessagingTags.ErrorOf(failure));
                activity.SetStatus(ActivityStatusCode.Error, failure.Message);
            }

            // It ends on somebody else's thread, where it must not put its own parent in the place of what is current there.
            var current = Activity.Current;
            activity.Stop();
            Activity.Current = current;
        }

        _activity = null;
        _delivery = default;
        Headers = default;
        _context.Clear();
        _pool.Return(this);
    }

    private KeyValuePair<string, object?>[] Tags(string topic) =>
    [
        new(MessagingTags.System, MessagingTags.Kafka),
        new(MessagingTags.OperationName, MessagingTags.Send),
        new(MessagingTags.OperationType, MessagingTags.Send),
        new(MessagingTags.Destination, topic),
        new(MessagingTags.ClientId, _cluster.Watch.ClientId),
    ];
}
