using System.Globalization;

namespace Spate.Client.Telemetry.Push;

/// <summary>
/// What a client has to tell under the names that KIP-714 gives, without what nothing was measured for. A client of Kafka's is a producer or a consumer; one of these may be
/// both, and then its connections and requests are told under both. Used by one caller at a time.
/// </summary>
internal sealed class PushedMetrics(ClientWatch watch, TimeProvider clock)
{
    private const string Producer = "org.apache.kafka.producer.";
    private const string Consumer = "org.apache.kafka.consumer.";

    private readonly PushFigures _figures = watch.Figures;
    private long _takenAt = clock.GetTimestamp();
    private long _connectionsBefore;
    private long _pollTicksBefore;

    /// <summary>All that there is; means and maxima begin anew.</summary>
    public List<PushedMetric> Take()
    {
        var all = new List<PushedMetric>();
        var elapsed = clock.GetElapsedTime(_takenAt);
        _takenAt = clock.GetTimestamp();
        var connections = _figures.Connections;
        var connectionRate = elapsed > TimeSpan.Zero ? (connections - _connectionsBefore) / elapsed.TotalSeconds : 0;
        _connectionsBefore = connections;
        var requests = _figures.RequestTimes
            .Select(static node => (Node: node.Key.ToString(CultureInfo.InvariantCulture), Taken: node.Value.Take()))
            .Where(static node => node.Taken is not null)
            .Select(static node => (node.Node, Taken: node.Taken!.Value))
            .ToList();
        foreach (var role in Roles())
        {
            all.Add(new PushedMetric($"{role}connection.creation.rate", connectionRate, IsSum: false, null));
            all.Add(new PushedMetric($"{role}connection.creation.total", connections, IsSum: true, null));
            foreach (var (node, taken) in requests)
            {
                all.Add(new PushedMetric($"{role}node.request.latency.avg", taken.Mean, IsSum: false, ("node_id", node)));
                all.Add(new PushedMetric($"{role}node.request.latency.max", taken.Max, IsSum: false, ("node_id", node)));
            }
        }

        if (watch.HasProduced)
        {
            Spread(all, $"{Producer}produce.throttle.time", _figures.ThrottleTimes);
            Spread(all, $"{Producer}record.queue.time", _figures.QueueTimes);
            all.Add(new PushedMetric($"{Producer}record.send.total", _figures.RecordsSent, IsSum: true, null));
            all.Add(new PushedMetric($"{Producer}record.error.total", _figures.RecordsFailed, IsSum: true, null));
            all.Add(new PushedMetric($"{Producer}record.retry.total", _figures.RecordsRetried, IsSum: true, null));
        }

        if (watch.HasConsumed)
        {
            all.Add(new PushedMetric($"{Consumer}poll.idle.ratio.avg", IdleRatio(elapsed), IsSum: false, null));
            Spread(all, $"{Consumer}fetch.manager.fetch.latency", _figures.FetchTimes);
            Spread(all, $"{Consumer}coordinator.commit.latency", _figures.CommitTimes);
            all.Add(new PushedMetric($"{Consumer}coordinator.assigned.partitions", watch.Consumers.Sum(static consumer => consumer.PartitionsOfGroup), IsSum: false, null));
            all.Add(new PushedMetric($"{Consumer}fetch.manager.records.consumed.total", _figures.RecordsConsumed, IsSum: true, null));
            all.Add(new PushedMetric($"{Consumer}fetch.manager.bytes.consumed.total", _figures.BytesConsumed, IsSum: true, null));
        }

        return all;
    }

    private static void Spread(List<PushedMetric> all, string name, Spread spread)
    {
        if (spread.Take() is { } taken)
        {
            all.Add(new PushedMetric($"{name}.avg", taken.Mean, IsSum: false, null));
            all.Add(new PushedMetric($"{name}.max", taken.Max, IsSum: false, null));
        }
    }

    private IEnumerable<string> Roles()
    {
        if (watch.HasProduced)
        {
            yield return Producer;
        }

        if (watch.HasConsumed)
        {
            yield return Consumer;
        }
    }

    /// <summary>The part of the time that consumers waited for records, the mean of those there are.</summary>
    private double IdleRatio(TimeSpan elapsed)
    {
        var ticks = _figures.PollTicks;
        var waited = ticks - _pollTicksBefore;
        _pollTicksBefore = ticks;
        var consumers = Math.Max(1, watch.Consumers.Count);
        return elapsed > TimeSpan.Zero ? Math.Min(1, (double)waited / elapsed.Ticks / consumers) : 0;
    }
}
