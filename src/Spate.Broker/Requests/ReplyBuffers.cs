using Spate.Broker.Network;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Requests;

/// <summary>
/// What replies are written into, kept for the next ones: a reply of a data path is made some ten thousand times a second, and its buffers are most of what
/// it would leave to the collector. Safe for use by several threads at once.
/// </summary>
internal sealed class ReplyBuffers
{
    /// <summary>More replies than are on their way at once, as a rule; what comes back beyond them is let go.</summary>
    private const int KeptMax = 64;

    private readonly Lock _gate = new();
    private readonly Stack<Held> _free = new(KeptMax);

    /// <summary>A frame of a reply. Its buffers come back when it is disposed.</summary>
    /// <inheritdoc cref="ReplyFrame.Of" path="/exception"/>
    public OutgoingFrame Frame(ApiKey key, short version, int correlationId, IMessage reply)
    {
        var held = Take();
        try
        {
            ReplyFrame.Write(held.Writer, key, version, correlationId, reply);
            foreach (var part in held.Writer.Parts)
            {
                held.Parts.Add(part);
            }

            return new OutgoingFrame(held.Parts, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private Held Take()
    {
        lock (_gate)
        {
            return _free.TryPop(out var held) ? held : new Held(this);
        }
    }

    private void TakeBack(Held held)
    {
        lock (_gate)
        {
            if (_free.Count < KeptMax)
            {
                _free.Push(held);
                return;
            }
        }

        held.Writer.Dispose();
    }

    private sealed class Held(ReplyBuffers owner) : IDisposable
    {
        public MessageWriter Writer { get; } = new();

        public List<FramePart> Parts { get; } = [];

        /// <summary>Once for each reply, as <see cref="OutgoingFrame.Dispose"/> does it.</summary>
        public void Dispose()
        {
            Parts.Clear();
            Writer.Reset();
            owner.TakeBack(this);
        }
    }
}
