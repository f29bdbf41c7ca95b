namespace Spate.Protocol.Compression;

/// <summary>
/// The compressed bytes as a stream, with one more small gzip member after them. The class library's reader takes a stream that breaks off for
/// one that ends; whether the content of the last member comes out at the end tells the two apart.
/// </summary>
internal sealed unsafe class GzipSource(byte* start, int length) : Stream
{
    private static readonly byte[] EndMember = MakeEndMember();

    private int _position;

    /// <summary>What the added member decompresses to.</summary>
    public static ReadOnlySpan<byte> End => "end."u8;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> destination)
    {
        var written = 0;
        if (_position < length)
        {
            written = Math.Min(length - _position, destination.Length);
            new ReadOnlySpan<byte>(start + _position, written).CopyTo(destination);
            _position += written;
        }

        if (_position >= length)
        {
            var rest = EndMember.AsSpan(_position - length);
            var count = Math.Min(rest.Length, destination.Length - written);
            rest[..count].CopyTo(destination[written..]);
            _position += count;
            written += count;
        }

        return written;
    }

    public override int Read(byte[] destination, int offset, int count) => Read(destination.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static byte[] MakeEndMember()
    {
        using var member = new PooledBuffer();
        GzipCodec.Compress(null, End, member);
        return member.Span.ToArray();
    }
}
