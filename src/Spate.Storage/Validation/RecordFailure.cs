namespace Spate.Storage.Validation;

/// <summary>One record that an append was refused for, as Produce answers from version 8 on (KIP-467).</summary>
/// <param name="BatchIndex">Position of the record in what was sent, from 0.</param>
/// <param name="Message">What is wrong with it.</param>
public readonly record struct RecordFailure(int BatchIndex, string Message);
