using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Client.Producing;
using Spate.Protocol.Compression;

namespace Spate.Cli.Producing;

/// <summary>The options of verbs that send records which say how these are sent.</summary>
internal static class ProducerWords
{
    public static Option<CompressionCodec?> Compression() => Choices.Option(
        "--compression",
        "How batches are compressed",
        ("none", CompressionCodec.None),
        ("gzip", CompressionCodec.Gzip),
        ("snappy", CompressionCodec.Snappy),
        ("lz4", CompressionCodec.Lz4),
        ("zstd", CompressionCodec.Zstd));

    public static Option<Acks?> Acks() => Choices.Option(
        "--acks",
        "Who must have a record before it counts as delivered",
        ("all", Client.Producing.Acks.All),
        ("leader", Client.Producing.Acks.Leader),
        ("none", Client.Producing.Acks.None));
}
