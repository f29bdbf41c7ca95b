namespace Spate.Storage.Producers;

/// <summary>The outcome of a check; for a duplicate with what the answer to its first arrival said.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="FirstOffset">The offset of the batch's first record in the log; -1 unless it is a duplicate.</param>
/// <param name="LastOffset">The offset of its last record; -1 unless it is a duplicate.</param>
/// <param name="Timestamp">Its largest timestamp in milliseconds since the Unix epoch; -1 unless it is a duplicate.</param>
public readonly record struct ProducerCheck(ProducerCheckOutcome Outcome, long FirstOffset, long LastOffset, long Timestamp)
{
    /// <summary>Append it.</summary>
    public static ProducerCheck Accepted => Of(ProducerCheckOutcome.Accepted);

    public bool IsAccepted => Outcome == ProducerCheckOutcome.Accepted;

    internal static ProducerCheck Of(ProducerCheckOutcome outcome) => new(outcome, -1, -1, -1);
}
