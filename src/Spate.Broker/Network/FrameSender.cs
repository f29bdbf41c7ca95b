using Microsoft.Win32.SafeHandles;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Broker.Network;

/// <summary>
/// Puts frames on the wire. Whatever is small, and whatever is read from a source, goes through one chunk of leased memory that is sent when
/// it is full or nothing follows; so small replies share a system call, and so do the head of a fetch reply and its first records. Large
/// pieces of memory are sent from where they lie. Used by one loop at a time.
/// </summary>
internal sealed class FrameSender(ITransport transport, FrameBufferPool pool, ConnectionActivity activity)
{
    /// <summary>
    /// Bytes of a chunk, and the most that is sent at once. A client that takes nothing holds this much; twice the size gained nothing when it
    /// was measured.
    /// </summary>
    public const int ChunkBytes = 128 * 1024;

    /// <summary>From here on a copy into the chunk costs more than a system call.</summary>
    public const int SentInPlaceBytesMin = 16 * 1024;

    /// <summary>Some milliseconds' worth. Each yield wakes another thread, which a reply of the usual mebibyte should not pay for.</summary>
    private const int BytesBetweenYields = 8 * 1024 * 1024;

    /// <summary>Sent to wait for room, where a file is sent by the system.</summary>
    private const int WaitingPieceBytes = 4 * 1024;

    private FrameBuffer? _chunk;
    private int _filled;
    private int _sinceYield;

    /// <summary>Adds a frame to what is sent. Its memory and sources are not needed afterwards.</summary>
    /// <param name="frame">The frame; the caller disposes it.</param>
    /// <param name="moreFollows">Whether another frame will be added at once: small ones then wait for company.</param>
    /// <exception cref="RecordSourceException">A source failed; the stream of bytes is broken off for good.</exception>
    public async ValueTask AppendAsync(OutgoingFrame frame, bool moreFollows)
    {
        var parts = frame.Parts;
        var alone = parts.Count == 1 && !moreFollows && _filled == 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.Source is { } source)
            {
                await AppendSourceAsync(source);
            }
            else if (alone || part.Length >= SentInPlaceBytesMin)
            {
                await FlushAsync();
                await SendInPlaceAsync(part.Bytes);
            }
            else
            {
                await AppendCopyAsync(part.Bytes);
            }
        }
    }

    /// <summary>Sends what has gathered and gives the chunk back.</summary>
    public async ValueTask FlushAndReleaseAsync()
    {
        await FlushAsync();
        Release();
    }

    /// <summary>Gives the chunk back, and forgets what has gathered in it.</summary>
    public void Release()
    {
        _chunk?.Release();
        _chunk = null;
        _filled = 0;
    }

    private async ValueTask AppendCopyAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = await RoomAsync();
            var length = Math.Min(bytes.Length, room.Length);
            bytes[..length].CopyTo(room);
            bytes = bytes[length..];
            _filled += length;
        }
    }

    private ValueTask AppendSourceAsync(IRecordSource source) =>
        source.Length >= SentInPlaceBytesMin
        && transport is IFileTransport { CanSendFiles: true } files
        && source is IFileRegion { Handle: { } handle } region
            ? SendFileAsync(files, handle, region, source)
            : ReadSourceAsync(source);

    /// <summary>
    /// Has the system send from the file. When there is no room, a small piece is sent like any other memory: that waits for room, and by
    /// the time it is through there is room for much more. When the system cannot do it, the same piece shows whose fault it is: the source
    /// fails when it is the disk, and knows whom to tell; otherwise the socket does.
    /// </summary>
    private async ValueTask SendFileAsync(IFileTransport files, SafeFileHandle handle, IFileRegion region, IRecordSource source)
    {
        await FlushAsync();
        for (var position = 0; position < source.Length;)
        {
            int sent;
            if (TrySendFile(files, handle, region, position, source.Length - position, out sent))
            {
                await SentAsync(sent);
            }
            else
            {
                var room = await RoomAsync();
                sent = Math.Min(source.Length - position, WaitingPieceBytes);
                Read(source, position, room.Span[..sent]);
                _filled = sent;
                await FlushAsync();
            }

            position += sent;
        }
    }

    private static bool TrySendFile(
        IFileTransport files, SafeFileHandle handle, IFileRegion region, int position, int count, out int sent)
    {
        try
        {
            var isSent = files.TrySendFile(handle, region.Start + position, count, out sent);
            EnsureIntact(region);
            return isSent;
        }
        catch (EndOfStreamException exception)
        {
            throw new RecordSourceException(exception);
        }
        catch (IOException)
        {
            sent = 0;
            return false;
        }
    }

    private static void EnsureIntact(IFileRegion region)
    {
        try
        {
            region.EnsureIntact();
        }
        catch (IOException exception)
        {
            // The client has bytes that it should not have, and must not go on from them.
            throw new RecordSourceException(exception);
        }
    }

    private async ValueTask ReadSourceAsync(IRecordSource source)
    {
        for (var position = 0; position < source.Length;)
        {
            var room = await RoomAsync();
            var wanted = Math.Min(source.Length - position, room.Length);
            Read(source, position, room.Span[..wanted]);
            position += wanted;
            _filled += wanted;
        }
    }

    private static void Read(IRecordSource source, int position, Span<byte> destination)
    {
        int read;
        try
        {
            read = source.Read(position, destination);
        }
        catch (Exception exception)
        {
            // Whatever it was, the length is promised and the bytes cannot be delivered.
            throw new RecordSourceException(exception);
        }

        if (read != destination.Length)
        {
            throw new RecordSourceException($"{destination.Length} bytes were due at {position} of {source.Length}, {read} came.");
        }
    }

    private async ValueTask<Memory<byte>> RoomAsync()
    {
        _chunk ??= pool.Lease(ChunkBytes);
        if (_filled == ChunkBytes)
        {
            await FlushAsync();
        }

        return _chunk.Bytes.AsMemory(_filled, ChunkBytes - _filled);
    }

    private ValueTask FlushAsync()
    {
        if (_filled == 0)
        {
            return ValueTask.CompletedTask;
        }

        var bytes = _chunk!.Bytes.AsMemory(0, _filled);
        _filled = 0;
        return SendAsync(bytes);
    }

    /// <summary>In steps of a chunk, so that a client that takes a large reply slowly is seen to take it.</summary>
    private async ValueTask SendInPlaceAsync(ReadOnlyMemory<byte> bytes)
    {
        for (var position = 0; position < bytes.Length; position += ChunkBytes)
        {
            await SendAsync(bytes.Slice(position, Math.Min(ChunkBytes, bytes.Length - position)));
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = transport.SendAsync(bytes);
        if (!sending.IsCompleted)
        {
            activity.Touch();
            activity.Sending = true;
        }

        await sending;
        activity.Sending = false;
        await SentAsync(bytes.Length);
    }

    private async ValueTask SentAsync(int bytes)
    {
        activity.Sent(bytes);
        _sinceYield += bytes;
        if (_sinceYield >= BytesBetweenYields)
        {
            // Sends to a fast client complete at once for ever; the thread is due to others now and then.
            _sinceYield = 0;
            await Task.Yield();
        }
    }
}
