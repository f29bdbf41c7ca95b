namespace Spate.Conformance.Clients;

/// <summary>How records are written; always so that all replicas acknowledge them.</summary>
/// <param name="Codec">none, gzip, snappy, lz4 or zstd.</param>
/// <param name="Idempotent">Whether the client numbers its batches, so that what it sends twice is there once.</param>
internal sealed record WriteOptions(string Codec = "none", bool Idempotent = false);
