using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Spate.Broker.Network;

/// <summary>
/// Cuts what a client sends into frames. Small frames are received many at a time into one buffer, the window; a large one is received in
/// place into a buffer of its own. Without unread bytes there is no window, and a few unread bytes wait in a window of their size, so that
/// ten thousand silent clients hold next to nothing. Used by one loop at a time.
/// </summary>
/// <remarks>
/// A frame of up to <see cref="CopiedFrameBytesMax"/> bytes is copied out of the window, because its request may wait for long (a fetch, a
/// join) and would keep the whole window; a larger one shares the window until both are done with it.
/// </remarks>
internal sealed class FrameReader(ITransport transport, ConnectionLimits limits, FrameMemory memory, ConnectionActivity activity) : IDisposable
{
    /// <summary>The longest frame, without its prefix, that needs no leave from the memory budget.</summary>
    public const int SmallFrameBytesMax = 64 * 1024;

    /// <summary>The longest frame, without its prefix, that is copied rather than shared.</summary>
    public const int CopiedFrameBytesMax = 4 * 1024;

    /// <summary>
    /// The longest frame, without its prefix, whose rest is received into the window when it did not come at once. Above, one receive a frame
    /// in place costs less than the copies that a window takes to keep frames in one piece.
    /// </summary>
    public const int WindowFrameBytesMax = 32 * 1024;

    private const int PrefixBytes = sizeof(int);
    private const int ParkedBytesMax = 4 * 1024;
    private const int GlimpseBytes = 256;
    private static readonly int WindowBytes = FrameBufferPool.LeasedSize(SmallFrameBytesMax + PrefixBytes);

    private FrameBuffer? _window;
    private int _start;
    private int _end;
    private RequestFrame? _complete;
    private FrameAssembly? _assembly;
    private int _believed = FrameAssembly.BelievedBytesMin;
    private bool _expectLarge;
    private bool _drained;

    /// <summary>The length that was refused, when <see cref="FillAsync"/> said so.</summary>
    public int RefusedLength { get; private set; }

    /// <summary>The frame that is being received into memory of the budget, or null. May be asked by any thread, and be out of date at once.</summary>
    public FrameAssembly? Large => Volatile.Read(ref _assembly) is { Length: > SmallFrameBytesMax } large ? large : null;

    private int Unread => _end - _start;

    /// <summary>Where large frames came before, the next is probably large too: a glimpse of it is enough to receive the rest in place.</summary>
    private int FreshWindowBytes => _expectLarge ? GlimpseBytes : WindowBytes;

    /// <summary>Takes the next frame if it is complete.</summary>
    public bool TryTake([NotNullWhen(true)] out RequestFrame? frame)
    {
        frame = _complete;
        if (frame is not null)
        {
            _complete = null;
            return true;
        }

        if (Unread < PrefixBytes)
        {
            return false;
        }

        var length = PeekLength();
        if (length < 0 || length > limits.RequestBytesMax || Unread - PrefixBytes < length)
        {
            return false;
        }

        frame = length <= CopiedFrameBytesMax ? Copy(_start + PrefixBytes, length) : Share(_start + PrefixBytes, length);
        _start += PrefixBytes + length;
        return true;
    }

    /// <summary>Waits until a frame is complete or none will be.</summary>
    public async ValueTask<FillOutcome> FillAsync(CancellationToken closed)
    {
        while (true)
        {
            if (Unread >= PrefixBytes)
            {
                var length = PeekLength();
                if (length < 0 || length > limits.RequestBytesMax)
                {
                    RefusedLength = length;
                    return FillOutcome.LengthRefused;
                }

                if (Unread - PrefixBytes >= length)
                {
                    return FillOutcome.Ready;
                }

                _expectLarge = length > WindowFrameBytesMax;
                if (_expectLarge)
                {
                    return await AssembleAsync(length, closed);
                }
            }

            if (!await ReceiveAsync())
            {
                return FillOutcome.EndOfStream;
            }
        }
    }

    /// <summary>Gives back everything that was not taken.</summary>
    public void Dispose()
    {
        _complete?.Dispose();
        _assembly?.Dispose();
        _window?.Release();
        _complete = null;
        _assembly = null;
        _window = null;
        _start = _end = 0;
    }

    private int PeekLength() => BinaryPrimitives.ReadInt32BigEndian(_window!.Bytes.AsSpan(_start));

    private RequestFrame Copy(int start, int length)
    {
        var buffer = memory.Pool.Lease(length);
        _window!.Bytes.AsSpan(start, length).CopyTo(buffer.Bytes);
        return new RequestFrame(buffer, 0, length, share: null);
    }

    private RequestFrame Share(int start, int length)
    {
        _window!.Hold();
        return new RequestFrame(_window, start, length, share: null);
    }

    /// <summary>Gets more bytes into the window. False when there will be none.</summary>
    private async ValueTask<bool> ReceiveAsync()
    {
        while (true)
        {
            int received;
            if (!_drained)
            {
                OpenWindow();
                var room = _window!.Length - _end;
                if (transport.TryReceive(_window.Bytes.AsSpan(_end), out received))
                {
                    // A receive that leaves room has taken all there was: asking again at once would be a system call for nothing.
                    _drained = received < room;
                    _end += received;
                    activity.Received(received);
                    return received > 0;
                }
            }

            _drained = false;
            Park();
            await transport.ReceiveAsync(Memory<byte>.Empty);
        }
    }

    /// <summary>Makes room for the rest of the frame that has begun, or for whatever comes.</summary>
    private void OpenWindow()
    {
        if (Unread == 0 && _window is not null && (_window.IsShared || _window.Length != FreshWindowBytes))
        {
            CloseWindow();
        }

        if (_window is null)
        {
            _window = memory.Pool.Lease(FreshWindowBytes);
            return;
        }

        if (Unread == 0)
        {
            _start = _end = 0;
            return;
        }

        var needed = Unread < PrefixBytes ? PrefixBytes : PrefixBytes + PeekLength();
        if (_window.Length < FreshWindowBytes || (_start + needed > _window.Length && _window.IsShared))
        {
            MoveTo(FreshWindowBytes);
        }
        else if (_start + needed > _window.Length)
        {
            _window.Bytes.AsSpan(_start, Unread).CopyTo(_window.Bytes);
            _end = Unread;
            _start = 0;
        }
    }

    /// <summary>Keeps little or nothing while the client is silent.</summary>
    private void Park()
    {
        if (Unread == 0)
        {
            CloseWindow();
        }
        else if (Unread <= ParkedBytesMax && _window!.Length > ParkedBytesMax)
        {
            MoveTo(Unread);
        }
    }

    private void MoveTo(int bytes)
    {
        var window = memory.Pool.Lease(bytes);
        _window!.Bytes.AsSpan(_start, Unread).CopyTo(window.Bytes);
        _window.Release();
        _window = window;
        _end = Unread;
        _start = 0;
    }

    private void CloseWindow()
    {
        _window?.Release();
        _window = null;
        _start = _end = 0;
    }

    private async ValueTask<FillOutcome> AssembleAsync(int length, CancellationToken closed)
    {
        if (_drained)
        {
            // A length alone must not be worth a buffer: more of the frame has to be there.
            Park();
            await transport.ReceiveAsync(Memory<byte>.Empty);
        }

        _assembly = length <= SmallFrameBytesMax
            ? FrameAssembly.Begin(memory, length, _believed, share: null)
            : await BeginLargeAsync(length, closed);
        _assembly.Append(_window!.Bytes.AsSpan(_start + PrefixBytes, Unread - PrefixBytes));
        CloseWindow();
        while (!_assembly.IsComplete)
        {
            if (_assembly.IsFull)
            {
                activity.WaitingForTurn = true;
                await _assembly.GrowAsync(closed);
                activity.WaitingForTurn = false;
            }

            var received = await transport.ReceiveAsync(_assembly.Room);
            if (received == 0)
            {
                return FillOutcome.EndOfStream;
            }

            _assembly.Advance(received);
            activity.Received(received);
        }

        KeepTrailing(_assembly.Trailing);
        _believed = Math.Clamp(length, _believed, FrameAssembly.BelievedBytesMax);
        _complete = _assembly.ToFrame();
        _assembly = null;
        return FillOutcome.Ready;
    }

    private async ValueTask<FrameAssembly> BeginLargeAsync(int length, CancellationToken closed)
    {
        activity.WaitingForTurn = true;
        var share = await memory.Budget.TakeAsync(FrameAssembly.FirstLease(length, _believed), closed);
        activity.WaitingForTurn = false;
        return FrameAssembly.Begin(memory, length, _believed, share);
    }

    private void KeepTrailing(ReadOnlySpan<byte> trailing)
    {
        if (trailing.IsEmpty)
        {
            // The next length would have come along: very likely there is nothing to receive yet.
            _drained = true;
            return;
        }

        _window = memory.Pool.Lease(trailing.Length);
        trailing.CopyTo(_window.Bytes);
        _end = trailing.Length;
        _drained = false;
    }
}
