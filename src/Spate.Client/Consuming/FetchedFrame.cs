namespace Spate.Client.Consuming;

/// <summary>A response with records, whose memory is given back when the last of its partitions has been read. Safe for use by several threads at once.</summary>
internal sealed class FetchedFrame(IDisposable reply)
{
    private int _holders = 1;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            reply.Dispose();
        }
    }
}
