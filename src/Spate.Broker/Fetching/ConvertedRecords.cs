using Spate.Protocol.Wire;

namespace Spate.Broker.Fetching;

/// <summary>Records that were put into an older format: bytes in memory, whose share of a budget is given back when they have been sent.</summary>
internal sealed class ConvertedRecords(byte[] bytes, IDisposable share) : IRecordSource
{
    public int Length => bytes.Length;

    public int Read(int position, Span<byte> destination)
    {
        var read = Math.Min(destination.Length, bytes.Length - position);
        bytes.AsSpan(position, read).CopyTo(destination);
        return read;
    }

    public void Dispose() => share.Dispose();
}
