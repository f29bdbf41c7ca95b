namespace Spate.Simulation.Transactions;

/// <summary>What comes of one input.</summary>
internal sealed record OutputRecord(Processor Processor, long Input, Attempt Attempt);
