using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class FrameBufferPoolTests
{
    [Fact]
    public void Lease_OfAnySize_IsLargeEnoughAndWastesAtMostAQuarter()
    {
        for (var bytes = 0; bytes < 1_000_000; bytes += 1 + (bytes / 50))
        {
            var size = FrameBufferPool.LeasedSize(bytes);
            Assert.InRange(size, bytes, Math.Max(256, bytes + (bytes / 4)));
            Assert.Equal(size, FrameBufferPool.LeasedSize(size));
        }
    }

    [Theory]
    [InlineData(268_435_456, 268_435_456)]
    [InlineData(268_435_457, 268_435_457)]
    [InlineData(257, 320)]
    [InlineData(1_048_580, 1_310_720)]
    public void LeasedSize_AtTheEdges_IsExact(int bytes, int size) => Assert.Equal(size, FrameBufferPool.LeasedSize(bytes));

    [Fact]
    public void Release_ByTheLastHolder_ReturnsTheBufferForReuse()
    {
        var pool = new FrameBufferPool();
        var buffer = pool.Lease(1000);
        buffer.Hold();
        Assert.True(buffer.IsShared);
        buffer.Release();
        Assert.Equal(1, pool.Outstanding);
        buffer.Release();
        Assert.Equal(0, pool.Outstanding);
        Assert.Same(buffer, pool.Lease(900));
    }

    [Fact]
    public void Release_OnceTooOften_Throws()
    {
        var buffer = new FrameBufferPool().Lease(10);
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release);
    }

    [Fact]
    public void Return_BeyondTheBound_KeepsNothing()
    {
        var pool = new FrameBufferPool(retainedBytesMax: 1000);
        var one = pool.Lease(768);
        var two = pool.Lease(768);
        one.Release();
        two.Release();
        Assert.Equal(768, pool.RetainedBytes);
    }

    [Fact]
    public void Trim_LetsGoOnlyOfWhatNobodyNeededSinceTheLastTime()
    {
        var pool = new FrameBufferPool();
        FrameBuffer[] buffers = [pool.Lease(1024), pool.Lease(1024), pool.Lease(1024)];
        foreach (var buffer in buffers)
        {
            buffer.Release();
        }

        pool.Trim();
        Assert.Equal(3 * 1024, pool.RetainedBytes);
        pool.Lease(1024).Release();
        pool.Trim();
        Assert.Equal(1024, pool.RetainedBytes);
        pool.Trim();
        Assert.Equal(0, pool.RetainedBytes);
    }
}
