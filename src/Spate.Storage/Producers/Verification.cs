namespace Spate.Storage.Producers;

/// <summary>A question to the transaction coordinator that is under way, or answered and not yet used.</summary>
internal sealed class Verification(VerificationGuard guard, short epoch, int sequence, bool bumpsEpoch, long startTime)
{
    public VerificationGuard Guard => guard;

    /// <summary>True when the producer takes a new epoch with each transaction: then each begins at sequence 0.</summary>
    public bool BumpsEpoch => bumpsEpoch;

    /// <summary>When the question was asked first, by this broker's clock, in milliseconds since the Unix epoch.</summary>
    public long StartTime => startTime;

    /// <summary>
    /// The lowest sequence that was seen since the question was asked: while the first batch waits for the answer, one that was sent
    /// behind it must not get into the log before it.
    /// </summary>
    public int LowestSequence { get; private set; } = sequence;

    private short Epoch { get; set; } = epoch;

    public void Meet(short epoch, int sequence)
    {
        if (epoch > Epoch)
        {
            Epoch = epoch;
            LowestSequence = sequence;
        }
        else if (epoch == Epoch && sequence < LowestSequence)
        {
            LowestSequence = sequence;
        }
    }
}
