using System.Globalization;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Topics;

/// <summary>How many replicas must be in sync for a topic to be written to safely.</summary>
internal static class MinInSyncReplicas
{
    public const string Key = "min.insync.replicas";

    /// <summary>That of each topic; 1 where it cannot be asked.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> OfAsync(ClusterCall call, IReadOnlyCollection<TopicDescription> topics)
    {
        var described = await call.Client.Admin.Configs.DescribeAsync([.. topics.Select(static topic => ConfigResource.Topic(topic.Name))], cancellationToken: call.Cancellation);
        return topics.ToDictionary(
            static topic => topic.Name,
            topic => described[ConfigResource.Topic(topic.Name)] is { IsSuccess: true } settings ? In(settings.Value) : 1,
            StringComparer.Ordinal);
    }

    public static int In(IReadOnlyDictionary<string, ConfigEntry> settings) =>
        settings.GetValueOrDefault(Key)?.Value is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out var count) ? count : 1;
}
