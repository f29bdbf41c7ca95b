namespace Spate.Storage.Validation;

/// <summary>Why an append was refused, for the log and for the producer.</summary>
/// <param name="Error">The kind; never <see cref="AppendError.None"/>.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Records">
/// The records at fault, in their order, when single records are; otherwise empty. At most <see cref="RecordsMaximum"/> of them.
/// </param>
public sealed record AppendFailure(AppendError Error, string Message, IReadOnlyList<RecordFailure> Records)
{
    /// <summary>
    /// The most records that a failure names. A batch can hold a hundred thousand bad records of a dozen bytes, and naming each of them
    /// would make the answer many times as large as the question. Kafka names them all.
    /// </summary>
    public const int RecordsMaximum = 1000;

    public AppendFailure(AppendError error, string message)
        : this(error, message, [])
    {
    }

    /// <summary>What it was in the bytes, for those who count.</summary>
    public AppendFailureCause Cause { get; init; }
}
