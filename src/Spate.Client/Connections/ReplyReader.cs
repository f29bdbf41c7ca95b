using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Spate.Client.Connections;

/// <summary>
/// Cuts replies out of a stream. Small ones that came together cost one read; the rest of a large one is read straight into its frame. A
/// length is held against the bound before memory is leased for it.
/// </summary>
internal sealed class ReplyReader(Stream stream, string broker, int replyBytesMax) : IDisposable
{
    private const int LengthBytes = sizeof(int);
    private const int CorrelationIdBytes = sizeof(int);
    private const int BufferBytes = 32 * 1024;

    private readonly ReceiveThreshold _threshold = new(stream);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>The next reply, or null when the broker closed the connection between two.</summary>
    /// <exception cref="KafkaConnectionException">The stream ended within a reply, or does not carry the Kafka protocol.</exception>
    public async ValueTask<ReplyFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < LengthBytes)
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return _end == _start ? null : throw Cut();
            }
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (length < CorrelationIdBytes || length > replyBytesMax)
        {
            throw NotKafka(length);
        }

        _start += LengthBytes;
        var frame = new ReplyFrame(length);
        try
        {
            var there = Math.Min(length, _end - _start);
            _buffer.AsMemory(_start, there).CopyTo(frame.Memory);
            _start += there;
            for (var rest = frame.Memory[there..]; rest.Length > 0;)
            {
                _threshold.Expect(rest.Length);
                var read = await stream.ReadAsync(rest, cancellationToken).ConfigureAwait(false);
                rest = read > 0 ? rest[read..] : throw Cut();
            }

            _threshold.Expect(0);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    private KafkaConnectionException Cut() => new($"Broker {broker} closed the connection in the middle of a reply.") { Broker = broker };

    private KafkaConnectionException NotKafka(int length)
    {
        Span<byte> first = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt32BigEndian(first, length);
        var guess = first switch
        {
            [0x15, 0x03, ..] => "it looks like a TLS listener: set Security to a TlsSecurity, or take the port of a plaintext listener",
            [(byte)'H', (byte)'T', (byte)'T', (byte)'P'] => "it answers in HTTP: take the port of the Kafka listener",
            _ when length > replyBytesMax && !IsText(first) => $"or ReplyBytesMax ({replyBytesMax}) is too small for this cluster's replies",
            _ when IsText(first) => $"it begins with the text '{Encoding.ASCII.GetString(first)}': take the port of the Kafka listener",
            _ => "check the port",
        };
        return new KafkaConnectionException($"What answers at {broker} does not speak the Kafka protocol (a reply would have {length} bytes); {guess}.")
        {
            Broker = broker,
            IsRetriable = false,
        };
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
}
