using Spate.Client.Connections;

namespace Spate.Client.Tests.Fakes;

/// <summary>Cuts every connection after a number of bytes that chance gives, wherever in a message that is.</summary>
internal sealed class CuttingSecurity(Random random, int bytesMin, int bytesMax) : IStreamSecurity
{
    public ValueTask<Stream> SecureAsync(Stream transport, ServerAddress server, CancellationToken cancellationToken)
    {
        lock (random)
        {
            return new ValueTask<Stream>(new CuttingStream(transport, random.Next(bytesMin, bytesMax)));
        }
    }

    private sealed class CuttingStream(Stream inner, int bytes) : Stream
    {
        private int _left = bytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return Take(read) == read ? read : throw new IOException("cut by the test");
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var allowed = Take(buffer.Length);
            await inner.WriteAsync(buffer[..allowed], cancellationToken);
            if (allowed < buffer.Length)
            {
                await inner.DisposeAsync();
                throw new IOException("cut by the test");
            }
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private int Take(int wanted)
        {
            var left = Interlocked.Add(ref _left, -wanted);
            return left >= 0 ? wanted : Math.Max(0, wanted + left);
        }
    }
}
