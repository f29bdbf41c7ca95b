using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>A batch with its records uncompressed, whatever it came in.</summary>
internal readonly ref struct OpenBatch
{
    public required RecordBatchHeader Header { get; init; }

    /// <summary>The records, uncompressed.</summary>
    public required ReadOnlySpan<byte> Records { get; init; }

    /// <summary>The codec that the producer chose.</summary>
    public required CompressionCodec SourceCodec { get; init; }

    /// <summary>The bytes that came, when they are a batch that could be stored as it is; empty when it has to be written anew.</summary>
    public Span<byte> Source { get; init; }
}
