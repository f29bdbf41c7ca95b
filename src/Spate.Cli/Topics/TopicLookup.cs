using Spate.Broker.Configuration;
using Spate.Cli.Running;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Cli.Topics;

/// <summary>Finds topics, and says which one was probably meant when one is not there.</summary>
internal static class TopicLookup
{
    /// <summary>Descriptions in the order of the names.</summary>
    /// <exception cref="CommandException">One of them is not there.</exception>
    /// <exception cref="KafkaException">One of them could not be asked about.</exception>
    public static async Task<IReadOnlyList<TopicDescription>> DescribeAsync(ClusterCall call, IReadOnlyCollection<string> names)
    {
        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        var found = await call.Client.Admin.Topics.DescribeAsync(distinct, call.Cancellation);
        await ThrowIfMissingAsync(call, found.Where(static pair => IsMissing(pair.Value.Error)).Select(static pair => pair.Key).ToList());
        found.ThrowIfAnyFailed();
        call.Answered();
        return [.. distinct.Select(name => found[name].Value)];
    }

    /// <summary>The partitions of a topic, or those of them that are named.</summary>
    /// <inheritdoc cref="DescribeAsync" path="/exception"/>
    public static async Task<IReadOnlyList<TopicPartition>> PartitionsAsync(ClusterCall call, string topic, IReadOnlyCollection<int> only)
    {
        var described = (await DescribeAsync(call, [topic]))[0];
        var unknown = only.Where(index => index < 0 || index >= described.Partitions.Count).ToList();
        return unknown.Count > 0
            ? throw new CommandException(
                $"Topic '{topic}' has no partition {unknown[0]}, but {described.Partitions.Count} from 0 on. 'spate topics describe {topic}' shows them.", ExitCode.Missing)
            : [.. (only.Count > 0 ? only.Distinct() : described.Partitions.Select(static partition => partition.Index)).Select(index => new TopicPartition(topic, index))];
    }

    /// <summary>Throws the failures of a call about topics, those of topics that are not there in words of their own.</summary>
    public static async Task ThrowIfAnyFailedAsync(ClusterCall call, IReadOnlyDictionary<string, AdminResult> results)
    {
        await ThrowIfMissingAsync(call, results.Where(static pair => IsMissing(pair.Value.Error)).Select(static pair => pair.Key).ToList());
        results.ThrowIfAnyFailed();
    }

    private static bool IsMissing(KafkaException? error) => error?.ErrorCode is ErrorCode.UnknownTopicOrPartition;

    private static async Task ThrowIfMissingAsync(ClusterCall call, List<string> missing)
    {
        if (missing.Count == 0)
        {
            return;
        }

        var known = (await call.Client.Admin.Topics.ListAsync(includeInternal: true, call.Cancellation)).Select(static topic => topic.Name).ToList();
        var sentences = missing.Select(name => $"There is no topic '{name}'{(NearestName.Of(name, known) is { } nearest ? $"; the nearest is '{nearest}'" : "")}.");
        throw new CommandException($"{string.Join(' ', sentences)} 'spate topics list' shows all, 'spate topics create {missing[0]}' makes it.", ExitCode.Missing);
    }
}
