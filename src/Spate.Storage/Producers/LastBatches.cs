using System.Runtime.CompilerServices;

namespace Spate.Storage.Producers;

/// <summary>The storage of a <see cref="ProducerState"/>'s ring. Kafka's clients have at most five requests in flight (KIP-98).</summary>
[InlineArray(Capacity)]
internal struct LastBatches
{
    public const int Capacity = 5;

    private AppendedBatch _first;
}
