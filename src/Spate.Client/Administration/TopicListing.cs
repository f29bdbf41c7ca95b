using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A topic that is there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; zero from a broker that does not tell (before Kafka 2.8).</param>
/// <param name="IsInternal">Whether it belongs to the brokers, such as the offsets of groups.</param>
public sealed record TopicListing(string Name, Uuid Id, bool IsInternal);
