using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>Which ids of producers have been given out, in blocks, to brokers. Immutable.</summary>
public sealed class ProducerIdsImage
{
    private readonly ProducerIdsRecord? _last;

    private ProducerIdsImage(ProducerIdsRecord? last) => _last = last;

    public static ProducerIdsImage Empty { get; } = new(null);

    /// <summary>The first id that no broker has been given, from 0.</summary>
    public long Next => _last?.NextProducerId ?? 0;

    internal ProducerIdsImage With(ProducerIdsRecord record) => record.NextProducerId < Next
        ? throw new InvalidOperationException($"The metadata log gives out producer ids up to {record.NextProducerId} after those up to {Next}.")
        : new ProducerIdsImage(record);

    internal IEnumerable<IMetadataRecord> ToRecords() => _last is null ? [] : [_last];
}
