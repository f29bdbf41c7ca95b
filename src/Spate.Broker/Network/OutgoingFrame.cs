using System.Buffers.Binary;
using Spate.Broker.Telemetry;
using Spate.Protocol.Wire;

namespace Spate.Broker.Network;

/// <summary>
/// A reply on its way out: parts that follow one another on the wire, the four-byte length in front included. Disposing releases the sources
/// and the buffers, whether the frame was sent or not; doing it again does nothing.
/// </summary>
public sealed class OutgoingFrame : IDisposable
{
    private IDisposable? _buffers;
    private int _disposed;

    /// <param name="parts">The whole frame. The first part begins with the length prefix: the bytes that follow it.</param>
    /// <param name="buffers">What owns the memory of the parts that are bytes, or null; disposed with the frame.</param>
    /// <exception cref="ArgumentException">The prefix does not say how many bytes follow: the client would lose its place.</exception>
    public OutgoingFrame(IReadOnlyList<FramePart> parts, IDisposable? buffers = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = parts;
        _buffers = buffers;
        for (var i = 0; i < parts.Count; i++)
        {
            Length = checked(Length + parts[i].Length);
            BytesHeld += parts[i].Source is null ? parts[i].Length : 0;
        }

        var first = parts.Count == 0 ? default : parts[0].Bytes.Span;
        if (first.Length < sizeof(int) || BinaryPrimitives.ReadInt32BigEndian(first) != Length - sizeof(int))
        {
            throw new ArgumentException($"A frame of {Length} bytes must begin with its length, {Length - sizeof(int)}.", nameof(parts));
        }
    }

    /// <summary>A frame that is one piece of memory, its length prefix included.</summary>
    public OutgoingFrame(ReadOnlyMemory<byte> frame, IDisposable? buffers = null)
        : this([new FramePart(frame)], buffers)
    {
    }

    private OutgoingFrame(ReadOnlyMemory<byte> beginning)
    {
        Parts = [new FramePart(beginning)];
        Length = beginning.Length;
        BytesHeld = beginning.Length;
        IsTorn = true;
    }

    /// <summary>The parts in their order on the wire.</summary>
    public IReadOnlyList<FramePart> Parts { get; }

    /// <summary>The way of the request that this answers, which ends when the reply has left; null where nobody measures it.</summary>
    internal RequestTimes? Times { get; set; }

    /// <summary>Whether this is only the beginning of a reply, behind which the connection is closed.</summary>
    public bool IsTorn { get; private init; }

    /// <summary>Bytes on the wire, the length prefix included.</summary>
    public int Length { get; }

    /// <summary>Bytes that stand in memory until the frame has been sent.</summary>
    public int BytesHeld { get; }

    /// <summary>
    /// The first bytes of a reply that the client never gets whole: once they are sent, the connection is closed. Tests see by it what a client
    /// does whose broker dies while it answers.
    /// </summary>
    /// <param name="beginning">What is sent; nobody may write to it any more.</param>
    public static OutgoingFrame Torn(ReadOnlyMemory<byte> beginning) => new(beginning);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        for (var i = 0; i < Parts.Count; i++)
        {
            Parts[i].Source?.Dispose();
        }

        _buffers?.Dispose();
        _buffers = null;
    }
}
