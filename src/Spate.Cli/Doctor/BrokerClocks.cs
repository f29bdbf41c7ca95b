using System.Globalization;
using Spate.Cli.Running;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Doctor;

/// <summary>
/// Measures brokers' clocks. No API tells a broker's time, but a coordinator stamps what it keeps of groups: so an offset is committed for a group of our own at each broker,
/// and the time of the newest record there lies between the moments before and after, if the clocks agree. The groups are deleted again.
/// </summary>
internal sealed class BrokerClocks(ClusterCall call, Diagnosis diagnosis)
{
    private const string Topic = "__consumer_offsets";

    /// <summary>Clocks that are kept by NTP differ by milliseconds, and what the commit and the question take is not counted.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(1);

    private static readonly TopicPartition Committed = new(Topic, 0);

    public async Task RunAsync(IReadOnlyList<BrokerDescription> brokers)
    {
        var topic = (await call.Client.Admin.Topics.DescribeAsync([Topic], call.Cancellation))[Topic];
        if (!topic.IsSuccess)
        {
            diagnosis.Add(
                Severity.Note, "clock", $"brokers' clocks were not measured: {topic.Error?.Message}", "The topic in which brokers keep groups is made with the first group, and measuring writes there.",
                "spate consume <topic> --group <name>   # then again");
            return;
        }

        var measured = 0;
        foreach (var broker in brokers)
        {
            if (topic.Value.Partitions.FirstOrDefault(partition => partition.Leader == broker.Id) is { } partition)
            {
                await MeasureAsync(broker.Id, partition.Index, topic.Value.Partitions.Count);
                measured++;
            }
        }

        diagnosis.Looked($"the clocks of {measured} brokers");
    }

    private async Task MeasureAsync(int broker, int partition, int partitions)
    {
        var groups = call.Client.Admin.Groups;
        var group = NameIn(partition, partitions);
        var clock = call.Surroundings.Clock;
        try
        {
            var before = clock.GetUtcNow();
            (await groups.AlterOffsetsAsync(group, new Dictionary<TopicPartition, GroupOffset> { [Committed] = new(0) }, call.Cancellation)).ThrowIfAnyFailed();
            var name = new TopicPartition(Topic, partition);
            var newest = (await call.Client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [name] = OffsetSpec.MaxTimestamp }, IsolationLevel.ReadUncommitted, call.Cancellation))[name];
            if (newest.Value.Timestamp is { } stamped)
            {
                Judge(broker, stamped, before, clock.GetUtcNow());
            }
        }
        catch (KafkaException failure)
        {
            diagnosis.Add(Severity.Note, "clock", $"the clock of broker {broker} was not measured: {failure.Message}", "Measuring commits an offset for a group of its own.", $"Give this client the right to read group '{group}' and topic '{Topic}', or leave --clocks out.");
        }
        finally
        {
            await groups.DeleteAsync([group], CancellationToken.None);
        }
    }

    private void Judge(int broker, DateTimeOffset stamped, DateTimeOffset before, DateTimeOffset after)
    {
        var (skew, word) = stamped > after ? (stamped - after, "ahead of") : (before - stamped, "behind");
        if (skew > SkewMax)
        {
            diagnosis.Add(
                Severity.Warning, "clock", string.Create(CultureInfo.InvariantCulture, $"the clock of broker {broker} is {skew.TotalSeconds:0.0} s {word} this machine's"),
                "Retention, searching by time, the timeouts of transactions and what a log says go by the brokers' clocks, and must agree between them.", "timedatectl   # on each machine, and turn NTP on where it is off");
        }
    }

    /// <summary>The name of a group whose coordinator is the leader of a partition: the partition is found by the name's hash, as Java makes it of a string.</summary>
    private static string NameIn(int partition, int partitions)
    {
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"spate-doctor-{Environment.ProcessId}-{number}");
            if ((name.Aggregate(0, static (hash, letter) => unchecked((31 * hash) + letter)) & int.MaxValue) % partitions == partition)
            {
                return name;
            }
        }
    }
}
