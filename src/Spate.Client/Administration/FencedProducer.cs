namespace Spate.Client.Administration;

/// <summary>A transactional id whose producer was shut out.</summary>
/// <param name="ProducerId">The producer id that goes with it.</param>
/// <param name="Epoch">Its epoch now: producers of lower ones are refused.</param>
public sealed record FencedProducer(long ProducerId, short Epoch);
