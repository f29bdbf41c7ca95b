using Spate.Cli.Clusters;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Doctor;

/// <summary>Partitions and directories that are not well, brokers of different versions, and clocks that differ.</summary>
internal sealed class ClusterCheck(ClusterCall call, Diagnosis diagnosis)
{
    /// <summary>Clocks that are kept by NTP differ by milliseconds.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(2);

    /// <param name="brokers">Those that answer.</param>
    public async Task RunAsync(IReadOnlyList<BrokerDescription> brokers)
    {
        foreach (var finding in await HealthFindings.FindAsync(call))
        {
            diagnosis.Add(Severity.Error, finding.Where, finding.What, "What it holds cannot be read or written, or is one failure away from that.", finding.Next);
        }

        diagnosis.Looked("partitions and log directories");
        await LookAtVersionsAsync(brokers);
        await LookAtClocksAsync();
    }

    private async Task LookAtVersionsAsync(IReadOnlyList<BrokerDescription> brokers)
    {
        var answers = new Dictionary<int, IReadOnlyDictionary<short, ApiVersionRange>>();
        foreach (var broker in brokers)
        {
            answers[broker.Id] = await call.Client.Admin.Cluster.DescribeApiVersionsAsync(broker.Id, call.Cancellation);
        }

        var kinds = answers.GroupBy(static pair => string.Join(' ', pair.Value.OrderBy(static api => api.Key).Select(static api => $"{api.Key}:{api.Value.Lowest}-{api.Value.Highest}")), static pair => pair.Key).ToList();
        if (kinds.Count > 1)
        {
            diagnosis.Add(
                Severity.Warning, "versions", $"brokers offer different versions of APIs: {string.Join("; ", kinds.Select(static kind => $"brokers {string.Join(", ", kind.Order())} alike"))}",
                "They run different releases, as in an upgrade under way; new features wait until all are alike.", "Finish the upgrade; 'spate cluster api-versions --broker <id>' shows what each offers.");
        }

        diagnosis.Looked("versions of brokers");
    }

    /// <summary>No API tells a broker's time; a record from the future tells that clocks differ, and where brokers themselves set the time, whose clock it is.</summary>
    private async Task LookAtClocksAsync()
    {
        var names = (await call.Client.Admin.Topics.ListAsync(includeInternal: true, call.Cancellation)).Select(static topic => topic.Name).ToList();
        var topics = (await call.Client.Admin.Topics.DescribeAsync(names, call.Cancellation)).Values.Where(static topic => topic.IsSuccess).Select(static topic => topic.Value).ToList();
        var leaders = topics.SelectMany(static topic => topic.Partitions.Where(static partition => partition.Leader is not null), static (topic, partition) => (topic, partition))
            .ToDictionary(static each => new TopicPartition(each.topic.Name, each.partition.Index), static each => (each.topic.IsInternal, each.partition.Leader));
        var partitions = leaders.Keys.ToList();
        if (partitions.Count > 0)
        {
            var newest = await call.Client.Admin.Partitions.ListOffsetsAsync(partitions.ToDictionary(static partition => partition, static _ => OffsetSpec.MaxTimestamp), IsolationLevel.ReadUncommitted, call.Cancellation);
            var now = call.Surroundings.Clock.GetUtcNow();
            var (future, time) = newest.Where(static pair => pair.Value.IsSuccess).Select(static pair => (pair.Key, pair.Value.Value.Timestamp ?? default)).MaxBy(static pair => pair.Item2);
            if (time > now + SkewMax)
            {
                var whose = leaders[future] is { IsInternal: true, Leader: { } leader } ? $"The clock of broker {leader}, which has written it, or this machine's" : "A producer's, a broker's or this machine's clock";
                diagnosis.Add(
                    Severity.Warning, "clock", $"{future} has a record of {Output.Wording.Exact(time)}, and here it is {Output.Wording.Exact(now)}",
                    $"{whose} is wrong; searching by time and retention go by these timestamps.", "timedatectl   # on each machine, and turn NTP on where it is off");
            }
        }

        diagnosis.Looked("timestamps against this machine's clock");
    }
}
