using Spate.Client.Hosting.Consuming;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of a service that consumes, beside what it says of its consumers.</summary>
internal static class ServiceSettings
{
    public static SettingTable<KafkaConsumerServiceOptions> Consumer { get; } = new SettingTable<KafkaConsumerServiceOptions>()
        .Add("Topics", null, static (options, text, _) => options with { Topics = TopicsOf(text) }, "a list of topics")
        .Text("GroupId", "group.id", static (options, value) => options with { GroupId = value })
        .Int32("Members", null, static (options, value) => options with { Members = value })
        .Time("RetryBackoff", null, static (options, value) => options with { RetryBackoff = value })
        .Time("RetryBackoffMax", null, static (options, value) => options with { RetryBackoffMax = value });

    public static SettingTable<KafkaShareServiceOptions> Share { get; } = new SettingTable<KafkaShareServiceOptions>()
        .Add("Topics", null, static (options, text, _) => options with { Topics = TopicsOf(text) }, "a list of topics")
        .Int32("Members", null, static (options, value) => options with { Members = value })
        .Time("RetryBackoff", null, static (options, value) => options with { RetryBackoff = value })
        .Time("RetryBackoffMax", null, static (options, value) => options with { RetryBackoffMax = value });

    private static string[] TopicsOf(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
