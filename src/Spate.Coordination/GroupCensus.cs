namespace Spate.Coordination;

/// <summary>How many groups there are on this node at a moment. What loads is not among them.</summary>
/// <param name="ByState">Classic groups by the name of their state; every state is there.</param>
/// <param name="ConsumerByState">Groups of the consumer protocol, likewise.</param>
/// <param name="ShareByState">Share groups, likewise.</param>
/// <param name="StreamsByState">Streams groups, likewise.</param>
/// <param name="Groups">Groups in all.</param>
/// <param name="Offsets">Offsets that they keep.</param>
/// <param name="LoadingPartitions">Partitions of __consumer_offsets whose groups are being read.</param>
/// <param name="ActivePartitions">Those whose groups are answered for.</param>
/// <param name="FailedPartitions">Those whose groups could not be read.</param>
public sealed record GroupCensus(
    IReadOnlyDictionary<string, long> ByState,
    IReadOnlyDictionary<string, long> ConsumerByState,
    IReadOnlyDictionary<string, long> ShareByState,
    IReadOnlyDictionary<string, long> StreamsByState,
    long Groups,
    long Offsets,
    int LoadingPartitions,
    int ActivePartitions,
    int FailedPartitions);
