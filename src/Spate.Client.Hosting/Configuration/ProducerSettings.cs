using Spate.Client.Producing;
using Spate.Protocol.Compression;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of <see cref="ProducerOptions"/>.</summary>
internal static class ProducerSettings
{
    public static SettingTable<ProducerOptions> Table { get; } = new SettingTable<ProducerOptions>()
        .Choice("Acks", "acks", static (options, value) => options with { Acks = value }, ("all", Acks.All), ("-1", Acks.All), ("leader", Acks.Leader), ("1", Acks.Leader), ("none", Acks.None), ("0", Acks.None))
        .Switch("EnableIdempotence", "enable.idempotence", static (options, value) => options with { EnableIdempotence = value })
        .Time("Linger", "linger.ms", static (options, value) => options with { Linger = value })
        .Int32("BatchSize", "batch.size", static (options, value) => options with { BatchSize = value })
        .Int64("BufferMemory", "buffer.memory", static (options, value) => options with { BufferMemory = value })
        .Int32("MaxRequestSize", "max.request.size", static (options, value) => options with { MaxRequestSize = value })
        .Int32("MaxInFlight", "max.in.flight.requests.per.connection", static (options, value) => options with { MaxInFlight = value })
        .Time("MaxBlock", "max.block.ms", static (options, value) => options with { MaxBlock = value })
        .Time("DeliveryTimeout", "delivery.timeout.ms", static (options, value) => options with { DeliveryTimeout = value })
        .Int32("Retries", "retries", static (options, value) => options with { Retries = value })
        .Choice(
            "Compression", "compression.type", static (options, value) => options with { Compression = value },
            ("none", CompressionCodec.None), ("gzip", CompressionCodec.Gzip), ("snappy", CompressionCodec.Snappy), ("lz4", CompressionCodec.Lz4), ("zstd", CompressionCodec.Zstd))
        .Int32("CompressionLevel", null, static (options, value) => options with { CompressionLevel = value })
        .Text("TransactionalId", "transactional.id", static (options, value) => options with { TransactionalId = value })
        .Time("TransactionTimeout", "transaction.timeout.ms", static (options, value) => options with { TransactionTimeout = value })
        .Switch("AdaptivePartitioning", "partitioner.adaptive.partitioning.enable", static (options, value) => options with { AdaptivePartitioning = value });
}
