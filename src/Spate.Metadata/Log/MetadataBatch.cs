using Spate.Metadata.Images;

namespace Spate.Metadata.Log;

/// <summary>Records of the log of decisions that were committed together.</summary>
/// <param name="BaseOffset">The offset of the first record.</param>
/// <param name="End">Behind the last record, which may lie behind the last of <paramref name="Values"/>: what a log writes for itself is left out of them.</param>
/// <param name="Timestamp">When the youngest record was written, in milliseconds since 1970.</param>
/// <param name="Size">Bytes that the batch takes in the log.</param>
/// <param name="Values">The values of its records, in order, as <see cref="MetadataRecordCodec"/> wrote them.</param>
public sealed record MetadataBatch(long BaseOffset, MetadataPosition End, long Timestamp, int Size, IReadOnlyList<ReadOnlyMemory<byte>> Values);
