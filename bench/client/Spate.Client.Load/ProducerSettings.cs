using Spate.Client.Producing;
using Spate.Protocol.Compression;

namespace Spate.Client.Load;

/// <summary>The producer's options as the command line has them.</summary>
internal static class ProducerSettings
{
    public static ProducerOptions Of(LoadOptions options, TimeSpan linger) => new()
    {
        Acks = options.Acks == "all" ? Acks.All : Acks.Leader,
        EnableIdempotence = options.IsIdempotent,
        Compression = options.Codec == "lz4" ? CompressionCodec.Lz4 : CompressionCodec.None,
        Linger = linger,
        BatchSize = options.BatchBytes,
        MaxInFlight = options.InFlight,
        BufferMemory = options.BufferKib * 1024L,
    };
}
