using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>What a broker made of acknowledgements.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offsets">The offsets that were acknowledged together, in their order.</param>
/// <param name="Error">Null when they count. Otherwise they do not, such as those of records whose lock had ended: these are delivered again.</param>
public sealed record AcknowledgementResult(TopicPartition Partition, IReadOnlyList<long> Offsets, KafkaException? Error);
