using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Told when partitions come to a consumer or leave it. It is called between two records, never while a record is in the hands of the code that enumerates, and
/// no record is handed out before it has ended. It may commit, seek and pause; it must not dispose the consumer or change what is subscribed to. What it throws is
/// thrown by the enumeration, as the inner exception of a <see cref="KafkaException"/>; the change takes place nonetheless.
/// </summary>
/// <param name="consumer">The consumer.</param>
/// <param name="partitions">The partitions that change hands, at least one.</param>
/// <param name="cancellationToken">Ends when the consumer is disposed or has to leave the group.</param>
public delegate ValueTask RebalanceCallback(Consumer consumer, IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken);
