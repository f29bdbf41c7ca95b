using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>A few writers of one connection, kept for the next requests. Safe for use by several threads at once.</summary>
internal sealed class WriterPool : IDisposable
{
    private const int WritersMax = 8;

    private readonly Lock _gate = new();
    private readonly Stack<MessageWriter> _writers = new();
    private bool _isDisposed;

    public MessageWriter Rent()
    {
        lock (_gate)
        {
            return _writers.TryPop(out var writer) ? writer : new MessageWriter();
        }
    }

    public void Return(MessageWriter writer)
    {
        writer.Reset();
        lock (_gate)
        {
            if (!_isDisposed && _writers.Count < WritersMax)
            {
                _writers.Push(writer);
                return;
            }
        }

        writer.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_writers.TryPop(out var writer))
            {
                writer.Dispose();
            }
        }
    }
}
