namespace Spate.Coordination.Runtime;

/// <summary>Whose transaction records are part of, when a coordinator keeps something that counts only once a transaction is committed.</summary>
/// <param name="ProducerId">The producer.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
/// <param name="Guard">
/// The number of the verification that the transaction goes on (KIP-890), given by the log before its coordinator was asked; 0 when none was needed
/// because the log knows the transaction. Null when transactions are not verified.
/// </param>
public readonly record struct ProducerStamp(long ProducerId, short ProducerEpoch, long? Guard);
