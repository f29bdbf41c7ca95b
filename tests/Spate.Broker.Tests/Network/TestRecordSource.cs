using Spate.Broker.Network;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Network;

/// <summary>Records whose every byte follows from its place; may fail at one.</summary>
internal sealed class TestRecordSource(int length, int failsAt = int.MaxValue, bool short_ = false) : IRecordSource
{
    public int Length => length;

    public bool IsDisposed { get; private set; }

    public int LargestRead { get; private set; }

    public static byte At(int position) => (byte)((position * 31) ^ (position >> 8));

    public static OutgoingFrame Frame(params IRecordSource[] sources) =>
        new([new FramePart(Frames.Prefix(sources.Sum(source => source.Length))), .. sources.Select(source => new FramePart(source))]);

    public int Read(int position, Span<byte> destination)
    {
        LargestRead = Math.Max(LargestRead, destination.Length);
        if (position + destination.Length > failsAt)
        {
            return short_ ? 0 : throw new IOException("The segment is gone.");
        }

        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = At(position + i);
        }

        return destination.Length;
    }

    public void Dispose() => IsDisposed = true;
}
