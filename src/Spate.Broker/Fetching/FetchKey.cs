using Spate.Protocol;

namespace Spate.Broker.Fetching;

/// <summary>A partition as a fetch names it: by the topic's name before version 13, by its id from then on. What is not used is empty.</summary>
internal readonly record struct FetchKey(string Topic, Uuid TopicId, int Partition);
