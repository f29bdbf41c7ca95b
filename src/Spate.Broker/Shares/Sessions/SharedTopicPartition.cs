using Spate.Protocol;

namespace Spate.Broker.Shares.Sessions;

/// <summary>A partition as members of share groups name it.</summary>
internal readonly record struct SharedTopicPartition(Uuid TopicId, int Partition);
