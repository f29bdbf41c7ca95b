using System.Net;
using System.Net.Sockets;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>A client in memory. What it delivers is received in the very segments in which it was delivered, on the stack of the test.</summary>
internal sealed class MemoryTransport : ITransport
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _arrived = new();
    private readonly List<byte> _sent = [];
    private int _offset;
    private bool _ended;
    private Exception? _fault;
    private TaskCompletionSource<int>? _receiving;
    private TaskCompletionSource? _sending;
    private Memory<byte> _destination;

    public EndPoint? ClientEndPoint { get; init; } = new IPEndPoint(IPAddress.Loopback, 4711);

    /// <summary>While true, the client takes nothing.</summary>
    public bool TakesNothing { get; set; }

    public int SendCount { get; private set; }

    /// <summary>Whether the connection waits for bytes.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return _receiving is not null;
            }
        }
    }

    public bool SendingFinished { get; private set; }

    public bool IsClosed => _fault is ObjectDisposedException;

    /// <summary>Segments that nobody has received.</summary>
    public int Unread
    {
        get
        {
            lock (_gate)
            {
                return _arrived.Count;
            }
        }
    }

    public byte[] Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    public void Deliver(params byte[][] segments)
    {
        lock (_gate)
        {
            foreach (var segment in segments)
            {
                _arrived.Enqueue(segment);
            }
        }

        Wake();
    }

    public void End()
    {
        _ended = true;
        Wake();
    }

    public void Reset() => Break(new SocketException((int)SocketError.ConnectionReset));

    public void TakeEverything()
    {
        TakesNothing = false;
        var sending = Interlocked.Exchange(ref _sending, null);
        Inline.Run(() => sending?.SetResult());
    }

    public bool TryReceive(Span<byte> destination, out int received)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            if (_ended && _arrived.Count == 0)
            {
                received = 0;
                return true;
            }

            received = Take(destination);
            return received > 0;
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> destination)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            if (_arrived.Count > 0 || _ended)
            {
                return ValueTask.FromResult(Take(destination.Span));
            }

            _destination = destination;
            _receiving = new TaskCompletionSource<int>();
            return new ValueTask<int>(_receiving.Task);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            SendCount++;
            _sent.AddRange(bytes.Span);
            if (!TakesNothing)
            {
                return ValueTask.CompletedTask;
            }

            _sending = new TaskCompletionSource();
            return new ValueTask(_sending.Task);
        }
    }

    public void StopReceiving() => End();

    public void FinishSending() => SendingFinished = true;

    public void Abort() => Break(new ObjectDisposedException(nameof(MemoryTransport)));

    public void Dispose() => Break(new ObjectDisposedException(nameof(MemoryTransport)));

    private void Wake()
    {
        TaskCompletionSource<int>? receiving;
        int received;
        lock (_gate)
        {
            if (_receiving is null)
            {
                return;
            }

            receiving = _receiving;
            _receiving = null;
            received = Take(_destination.Span);
        }

        Inline.Run(() => receiving.SetResult(received));
    }

    private void Break(Exception fault)
    {
        TaskCompletionSource<int>? receiving;
        TaskCompletionSource? sending;
        lock (_gate)
        {
            _fault = fault;
            (receiving, _receiving) = (_receiving, null);
            (sending, _sending) = (_sending, null);
        }

        Inline.Run(() => receiving?.TrySetException(fault));
        Inline.Run(() => sending?.TrySetException(fault));
    }

    private void ThrowIfBroken()
    {
        if (_fault is not null)
        {
            throw _fault;
        }
    }

    private int Take(Span<byte> destination)
    {
        if (!_arrived.TryPeek(out var segment) || destination.IsEmpty)
        {
            return 0;
        }

        var length = Math.Min(destination.Length, segment.Length - _offset);
        segment.AsSpan(_offset, length).CopyTo(destination);
        _offset += length;
        if (_offset == segment.Length)
        {
            _arrived.Dequeue();
            _offset = 0;
        }

        return length;
    }
}
