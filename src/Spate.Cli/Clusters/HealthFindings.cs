using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Protocol;

namespace Spate.Cli.Clusters;

/// <summary>What is wrong with partitions and log directories.</summary>
internal static class HealthFindings
{
    public static async Task<IReadOnlyList<(string What, string Where, string Next)>> FindAsync(ClusterCall call)
    {
        var findings = new List<(string What, string Where, string Next)>();
        await LookAtPartitionsAsync(call, findings);
        await LookAtDirectoriesAsync(call, findings);
        return findings;
    }

    private static async Task LookAtPartitionsAsync(ClusterCall call, List<(string What, string Where, string Next)> findings)
    {
        var names = (await call.Client.Admin.Topics.ListAsync(includeInternal: true, call.Cancellation)).Select(static topic => topic.Name).ToList();
        call.Answered();
        var topics = (await call.Client.Admin.Topics.DescribeAsync(names, call.Cancellation)).Values.Where(static result => result.IsSuccess).Select(static result => result.Value).ToList();
        var minInSync = await MinInSyncReplicas.OfAsync(call, topics);
        foreach (var topic in topics.OrderBy(static topic => topic.Name, StringComparer.Ordinal))
        {
            foreach (var partition in topic.Partitions)
            {
                var state = PartitionHealth.Of(partition, minInSync[topic.Name]);
                if (state != PartitionHealth.Good)
                {
                    var away = partition.Replicas.Except(partition.InSyncReplicas).ToList();
                    findings.Add((state, new TopicPartition(topic.Name, partition.Index).ToString(), $"Look at the log of {(away.Count > 0 ? $"broker {string.Join(", ", away)}" : "the controller")}; 'spate topics describe {topic.Name}' shows the partition."));
                }
            }
        }
    }

    private static async Task LookAtDirectoriesAsync(ClusterCall call, List<(string What, string Where, string Next)> findings)
    {
        var brokers = (await call.Client.Admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation)).Brokers.Select(static broker => broker.Id).ToList();
        foreach (var (broker, answer) in (await call.Client.Admin.LogDirs.DescribeAsync(brokers, call.Cancellation)).OrderBy(static pair => pair.Key))
        {
            if (answer.Error is { } silent)
            {
                findings.Add(("log directories unknown", $"broker {broker}", silent.Message));
                continue;
            }

            foreach (var (path, directory) in answer.Value.Where(static pair => !pair.Value.IsSuccess))
            {
                findings.Add(("log directory failed", $"broker {broker} {path}", directory.Error!.Message));
            }
        }
    }
}
