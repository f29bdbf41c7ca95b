using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Wire;

public class MessageWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(10_000)]
    public void WriteString_AnyLength_ReadsBack(int length)
    {
        foreach (var letter in new[] { "a", "ü", "世" })
        {
            var text = string.Concat(Enumerable.Repeat(letter, length));
            foreach (var compact in new[] { true, false })
            {
                using var writer = new MessageWriter();
                writer.WriteString(text, compact);
                var reader = new MessageReader(writer.ToArray());
                Assert.Equal(text, reader.ReadString(compact));
                reader.EnsureEnd();
            }
        }
    }

    [Fact]
    public void WriteString_TooLong_IsRefused()
    {
        using var writer = new MessageWriter();
        writer.WriteString(new string('x', WireLimits.StringBytes), compact: false);
        Assert.Throws<ArgumentException>(() => writer.WriteString(new string('x', WireLimits.StringBytes + 1), compact: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void EndTag_AnySize_IsWrittenInFrontOfTheField(int size)
    {
        using var writer = new MessageWriter();
        var content = new byte[size];
        new Random(size).NextBytes(content);
        writer.WriteUnsignedVarint(1);
        var start = writer.BeginTag(3);
        writer.WriteRaw(content);
        writer.EndTag(start);
        var reader = new MessageReader(writer.ToArray());
        var tags = reader.BeginTags();

        Assert.True(reader.NextTag(ref tags, out var tag));

        Assert.Equal((3u, size), (tag, reader.Remaining));
        Assert.Equal(content, writer.ToArray()[^size..]);
    }

    [Fact]
    public void EndFrame_WithSplices_CountsTheirBytes()
    {
        using var writer = new MessageWriter();
        writer.BeginFrame();
        writer.WriteInt32(1);
        writer.WriteRecords(new byte[2_000], compact: false);
        writer.WriteInt8(9);
        writer.EndFrame();

        var bytes = writer.ToArray();

        Assert.Equal(4 + 4 + 4 + 2_000 + 1, writer.Length);
        Assert.Equal(writer.Length, bytes.Length);
        Assert.Equal("000007D9", Convert.ToHexString(bytes[..4]));
        Assert.Equal(9, bytes[^1]);
    }

    [Fact]
    public void WriteRecords_LargePayload_IsReferredToAndASmallOneCopied()
    {
        var large = new byte[MessageWriter.CopiedPayloadBytes + 1];
        var small = new byte[MessageWriter.CopiedPayloadBytes];
        using var writer = new MessageWriter();
        writer.WriteRecords(large, compact: true);
        writer.WriteRecords(small, compact: true);
        large[0] = 1;
        small[0] = 2;

        var parts = new List<FramePart>();
        foreach (var part in writer.Parts)
        {
            parts.Add(part);
        }

        Assert.Equal([2, large.Length, 2 + small.Length], parts.Select(part => part.Length));
        Assert.Equal(1, parts[1].Bytes.Span[0]);
        Assert.Equal(0, parts[2].Bytes.Span[2]);
    }

    [Fact]
    public void WriteRecords_Source_IsSplicedAndDisposedOnceByReset()
    {
        var source = new CountingSource(5);
        using var writer = new MessageWriter();
        var response = new FetchResponse
        {
            Responses = [new() { Topic = "t", Partitions = [new() { Records = new RecordsPayload(source), PreferredReadReplica = 3 }, new()] }],
        };
        response.Write(writer, 11);
        var reader = new MessageReader(writer.ToArray());
        var read = new FetchResponse();
        read.Read(ref reader, 11);

        Assert.Equal([0, 1, 2, 3, 4], read.Responses[0].Partitions[0].Records.Bytes.ToArray());
        Assert.True(read.Responses[0].Partitions[1].Records.IsNull);
        Assert.Equal(0, source.Disposals);
        writer.Reset();
        writer.Reset();
        Assert.Equal(1, source.Disposals);
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void EndTag_RecordsInside_IsRefused()
    {
        using var writer = new MessageWriter();
        var start = writer.BeginTag(0);
        writer.WriteRecords(new byte[2_000], compact: true);

        Assert.Throws<InvalidOperationException>(() => writer.EndTag(start));
    }

    [Fact]
    public void BeginFrame_InsideAFrame_IsRefused()
    {
        using var writer = new MessageWriter();
        Assert.Throws<InvalidOperationException>(writer.EndFrame);
        writer.BeginFrame();
        Assert.Throws<InvalidOperationException>(writer.BeginFrame);
    }

    [Fact]
    public void Reset_AfterUse_WritesAsIfNew()
    {
        using var writer = new MessageWriter();
        writer.WriteRaw(new byte[2 * MessageWriter.RetainedBytes]);
        writer.Reset();
        writer.WriteInt16(1);

        Assert.Equal([0, 1], writer.ToArray());
    }

    [Fact]
    public void Write_AfterDispose_IsRefused()
    {
        var writer = new MessageWriter();
        writer.Dispose();
        writer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => writer.WriteInt8(1));
    }

    [Fact]
    public void Write_ReusedWriter_AllocatesNothing()
    {
        using var writer = new MessageWriter();
        var request = new FetchRequest { Topics = [new() { Topic = "orders", Partitions = [new(), new()] }] };
        WriteOnce(writer, request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteOnce(writer, request);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void WriteOnce(MessageWriter writer, FetchRequest request)
    {
        writer.Reset();
        writer.BeginFrame();
        request.Write(writer, 12);
        writer.EndFrame();
        foreach (var part in writer.Parts)
        {
            Assert.True(part.Length > 0);
        }
    }

    private sealed class CountingSource(int length) : IRecordSource
    {
        public int Disposals { get; private set; }

        public int Length => length;

        public int Read(int position, Span<byte> destination)
        {
            // One byte at a time, as a source may.
            destination[0] = (byte)position;
            return 1;
        }

        public void Dispose() => Disposals++;
    }
}
