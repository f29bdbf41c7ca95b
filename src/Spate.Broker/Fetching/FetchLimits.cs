namespace Spate.Broker.Fetching;

/// <summary>How much one fetch may still bring, counted down from partition to partition (KIP-74).</summary>
internal struct FetchLimits
{
    private readonly bool _growsForFirstBatch;
    private int _bytesLeft;

    /// <param name="responseBytesMax">Record bytes of the whole response.</param>
    /// <param name="growsForFirstBatch">
    /// Whether the first batch of the response is given whole even when it is larger than what was asked for, so that a consumer always gets
    /// on. Before version 3 it was not, and clients asked again for more when they got a piece of a message; so that there is a whole batch
    /// to convert and then to cut, each partition may read one that goes beyond its limit.
    /// </param>
    public FetchLimits(int responseBytesMax, bool growsForFirstBatch)
    {
        _bytesLeft = responseBytesMax;
        _growsForFirstBatch = growsForFirstBatch;
    }

    /// <summary>Record bytes so far.</summary>
    public int BytesTaken { get; private set; }

    /// <summary>Whether the next partition, which may bring so many bytes, may read beyond them for its first batch.</summary>
    public readonly bool AtLeastOneBatch(int bytesMax) => _growsForFirstBatch ? BytesTaken == 0 : bytesMax > 0;

    /// <summary>Bytes that the next partition may bring, out of those that its own limit allows.</summary>
    public readonly int For(int partitionBytesMax) => Math.Max(0, Math.Min(partitionBytesMax, _bytesLeft));

    public void Take(int bytes)
    {
        BytesTaken += bytes;
        _bytesLeft -= bytes;
    }
}
