namespace Spate.Client.Administration;

/// <summary>What the brokers of a cluster list together, each what it looks after.</summary>
/// <typeparam name="T">What they list.</typeparam>
/// <param name="Items">What was listed.</param>
/// <param name="Failures">The brokers that could not be asked, by their ids, and why: what they look after is missing.</param>
public sealed record ClusterListing<T>(IReadOnlyList<T> Items, IReadOnlyDictionary<int, KafkaException> Failures);
