using System.Diagnostics;
using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Client.Telemetry;

/// <summary>
/// The work of the application on a record or on a batch: a <c>process {topic}</c> span and a measurement of <c>messaging.process.duration</c>, from
/// <see cref="Consuming.ConsumerRecord{TKey, TValue}.StartProcessing"/> to <see cref="Dispose"/>. There is one only while somebody listens.
/// For use by one caller at a time.
/// </summary>
public sealed class RecordProcessing : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly long _began;
    private TagList _tags;
    private bool _hasEnded;

    private RecordProcessing(Activity? activity, TopicPartition partition, ConsumerOrigin? origin)
    {
        Activity = activity;
        _tags.Add(MessagingTags.System, MessagingTags.Kafka);
        _tags.Add(MessagingTags.OperationName, MessagingTags.Process);
        _tags.Add(MessagingTags.Destination, partition.Topic);
        _tags.Add(MessagingTags.PartitionId, MessagingTags.PartitionOf(partition.Partition));
        if (origin?.Group is { } group)
        {
            _tags.Add(MessagingTags.Group, group);
        }

        _clock = origin?.Clock ?? TimeProvider.System;
        _began = _clock.GetTimestamp();
    }

    /// <summary>The span; null when no listener wants it.</summary>
    public Activity? Activity { get; }

    internal static bool IsWatched => ClientDiagnostics.Source.HasListeners() || ClientInstruments.ProcessDuration.Enabled;

    /// <summary>The work failed; to be called before <see cref="Dispose"/>.</summary>
    /// <param name="failure">Why. Its kind becomes <c>error.type</c>.</param>
    public void Fail(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var kind = MessagingTags.ErrorOf(failure);
        _tags.Add(MessagingTags.ErrorType, kind);
        Activity?.SetTag(MessagingTags.ErrorType, kind);
        Activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
    }

    /// <summary>The work has ended.</summary>
    public void Dispose()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        ClientInstruments.ProcessDuration.Record(_clock.GetElapsedTime(_began).TotalSeconds, _tags);
        Activity?.Dispose();
    }

    /// <summary>The span of one record is a child of the one that sent it, unless something is under way here already: then it is part of that, and points to the sender's.</summary>
    internal static RecordProcessing Start(
        TopicPartition partition, long offset, string? key, bool isTombstone, IReadOnlyList<RecordHeader> headers, ConsumerOrigin? origin)
    {
        if (!ClientDiagnostics.Source.HasListeners())
        {
            return new RecordProcessing(null, partition, origin);
        }

        var hasSender = TraceContext.TryRead(headers, out var sender);
        var activity = Activity.Current is null
            ? ClientDiagnostics.Source.StartActivity($"process {partition.Topic}", ActivityKind.Consumer, hasSender ? sender : default, Tags(partition, origin))
            : ClientDiagnostics.Source.StartActivity(
                $"process {partition.Topic}", ActivityKind.Consumer, parentContext: default, Tags(partition, origin), hasSender ? [new ActivityLink(sender)] : null);
        if (activity is not null)
        {
            TraceContext.ReadBaggage(headers, activity);
            activity.SetTag(MessagingTags.Offset, offset);
            if (key is not null)
            {
                activity.SetTag(MessagingTags.Key, key);
            }

            if (isTombstone)
            {
                activity.SetTag(MessagingTags.Tombstone, true);
            }
        }

        return new RecordProcessing(activity, partition, origin);
    }

    /// <summary>The span of a batch points to all that sent its records.</summary>
    internal static RecordProcessing StartBatch(TopicPartition partition, int count, IEnumerable<IReadOnlyList<RecordHeader>> headers, ConsumerOrigin? origin)
    {
        if (!ClientDiagnostics.Source.HasListeners())
        {
            return new RecordProcessing(null, partition, origin);
        }

        var links = new List<ActivityLink>();
        foreach (var each in headers)
        {
            if (TraceContext.TryRead(each, out var sender))
            {
                links.Add(new ActivityLink(sender));
            }
        }

        var activity = ClientDiagnostics.Source.StartActivity($"process {partition.Topic}", ActivityKind.Consumer, parentContext: default, Tags(partition, origin), links);
        activity?.SetTag(MessagingTags.MessageCount, count);
        return new RecordProcessing(activity, partition, origin);
    }

    private static List<KeyValuePair<string, object?>> Tags(TopicPartition partition, ConsumerOrigin? origin)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new(MessagingTags.System, MessagingTags.Kafka),
            new(MessagingTags.OperationName, MessagingTags.Process),
            new(MessagingTags.OperationType, MessagingTags.Process),
            new(MessagingTags.Destination, partition.Topic),
            new(MessagingTags.PartitionId, MessagingTags.PartitionOf(partition.Partition)),
        ];
        if (origin is not null)
        {
            tags.Add(new(MessagingTags.ClientId, origin.ClientId));
            if (origin.Group is { } group)
            {
                tags.Add(new(MessagingTags.Group, group));
            }
        }

        return tags;
    }
}
