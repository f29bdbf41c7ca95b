namespace Spate.Client.Administration;

/// <summary>A part of a streams application's topology (KIP-1071) whose tasks can be worked on by themselves.</summary>
/// <param name="Id">What the application calls it.</param>
/// <param name="SourceTopics">The topics of others that it reads.</param>
/// <param name="RepartitionTopics">Topics of the application's own that it reads: another part of the topology writes them.</param>
/// <param name="ChangelogTopics">Topics of the application's own that keep the state of its stores.</param>
public sealed record StreamsSubtopology(
    string Id, IReadOnlyList<string> SourceTopics, IReadOnlyList<string> RepartitionTopics, IReadOnlyList<string> ChangelogTopics);
