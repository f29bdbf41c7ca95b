using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>Streams applications by name, and the words to put one together.</summary>
internal static class Applications
{
    /// <summary><c>plain</c> reads a and keeps nothing; <c>counting</c> reads a and keeps counts; <c>regrouping</c> reads a and hands it on to a part that counts; <c>joining</c> reads a and b together.</summary>
    public static StreamsGroupHeartbeatRequest.StreamsTopology Named(string name) => name switch
    {
        "plain" => Of(Part("p", ["a"])),
        "counting" => Of(Part("c", ["a"], changelogs: ["counts"])),
        "regrouping" => Of(Part("1", ["a"], sinks: ["r"]), Part("2", [], own: [("r", 0)], changelogs: ["counts"])),
        "joining" => Of(Part("j", ["a", "b"], changelogs: ["left", "right"], together: [["a", "b"]])),
        _ => throw new FormatException($"There is no application '{name}'."),
    };

    public static StreamsGroupHeartbeatRequest.StreamsTopology Of(params StreamsGroupHeartbeatRequest.Subtopology[] parts) => new() { Subtopologies = [.. parts] };

    /// <param name="id">The part's name.</param>
    /// <param name="reads">Topics of others that it reads.</param>
    /// <param name="own">Topics of the application's own that it reads, each with its partitions, 0 for as many as follow.</param>
    /// <param name="sinks">Topics of the application's own that it writes.</param>
    /// <param name="changelogs">Where it keeps its state.</param>
    /// <param name="together">Topics that must be alike.</param>
    public static StreamsGroupHeartbeatRequest.Subtopology Part(
        string id, string[] reads, (string Name, int Partitions)[]? own = null, string[]? sinks = null, string[]? changelogs = null, string[][]? together = null)
    {
        var names = (own ?? []).Select(topic => topic.Name).ToArray();
        return new StreamsGroupHeartbeatRequest.Subtopology
        {
            SubtopologyId = id,
            SourceTopics = [.. reads],
            RepartitionSourceTopics = [.. (own ?? []).Select(topic => Topic(topic.Name, topic.Partitions))],
            RepartitionSinkTopics = [.. sinks ?? []],
            StateChangelogTopics = [.. (changelogs ?? []).Select(name => Topic(name, 0))],
            CopartitionGroups = [.. (together ?? []).Select(group => new StreamsGroupHeartbeatRequest.CopartitionGroup
            {
                SourceTopics = [.. group.Where(reads.Contains).Select(name => (short)Array.IndexOf(reads, name))],
                RepartitionSourceTopics = [.. group.Where(names.Contains).Select(name => (short)Array.IndexOf(names, name))],
            })],
        };
    }

    public static StreamsGroupHeartbeatRequest.TopicConfiguration Topic(string name, int partitions) => new()
    {
        Name = name,
        Partitions = partitions,
        ReplicationFactor = 1,
        TopicConfigs = [new StreamsGroupHeartbeatRequest.KeyValue { Key = "cleanup.policy", Value = "compact" }],
    };
}
