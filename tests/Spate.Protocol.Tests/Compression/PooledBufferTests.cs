using Spate.Protocol.Compression;

namespace Spate.Protocol.Tests.Compression;

public sealed class PooledBufferTests
{
    [Fact]
    public void GetSpan_AndAdvance_KeepWhatWasWrittenWhileTheBufferGrows()
    {
        using var buffer = new PooledBuffer();
        for (var index = 0; index < 10_000; index++)
        {
            BitConverter.TryWriteBytes(buffer.GetSpan(4), index);
            buffer.Advance(4);
        }

        Assert.Equal(40_000, buffer.Length);
        Assert.Equal(9_999, BitConverter.ToInt32(buffer.Span[^4..]));
        Assert.Equal(1234, BitConverter.ToInt32(buffer.Memory.Span[(4 * 1234)..]));
    }

    [Fact]
    public void Advance_BeyondTheRoom_IsRefused()
    {
        using var buffer = new PooledBuffer();
        var room = buffer.GetSpan(1).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }

    [Fact]
    public void Clear_AfterSomethingHuge_GivesTheArrayBack()
    {
        using var buffer = new PooledBuffer();
        buffer.GetSpan(PooledBuffer.MaximumRetained + 1);
        buffer.Advance(100);
        buffer.Clear();
        Assert.Equal(0, buffer.Length);
        Assert.InRange(buffer.GetSpan(1).Length, 1, PooledBuffer.MaximumRetained);
    }

    [Fact]
    public void GetRoom_NearALimit_NeverReachesBeyondIt()
    {
        using var buffer = new PooledBuffer();
        buffer.Append(10);
        Assert.Equal(5, buffer.GetRoom(15).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(11));
    }
}
