using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>A decompression context of libzstd. The library itself refuses frames that need a window of more than 128 MiB.</summary>
internal sealed class ZstdDecompressionContext : SafeHandle
{
    // The highest level needs a window of 128 MiB, which is no reason to keep one for the next small batch.
    private const int MaximumRetained = 16 * 1024 * 1024;

    public ZstdDecompressionContext()
        : base(nint.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == nint.Zero;

    /// <summary>The context has grown too large to be kept.</summary>
    public bool IsOversized => ZstdLibrary.SizeOf(this) > MaximumRetained;

    public static ZstdDecompressionContext Create()
    {
        var context = new ZstdDecompressionContext();
        context.SetHandle(ZstdLibrary.CreateDecompressionContext());
        return context.IsInvalid ? throw new InvalidOperationException("zstd found no memory for a decompression context.") : context;
    }

    public void Reset()
    {
        if (ZstdLibrary.IsError(ZstdLibrary.Reset(this, ZstdLibrary.ResetSession)) != 0)
        {
            throw new InvalidOperationException("zstd refused to start a context anew.");
        }
    }

    /// <summary>Goes as far as source and destination reach; false when the source is corrupt.</summary>
    public unsafe bool TryDecompress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int produced, out bool isFrameComplete)
    {
        fixed (byte* from = source)
        {
            fixed (byte* to = destination)
            {
                var input = new ZstdBuffer { Start = from, Size = (nuint)source.Length };
                var output = new ZstdBuffer { Start = to, Size = (nuint)destination.Length };
                var hint = ZstdLibrary.Decompress(this, ref output, ref input);
                consumed = (int)input.Position;
                produced = (int)output.Position;
                isFrameComplete = hint == 0;
                return ZstdLibrary.IsError(hint) == 0;
            }
        }
    }

    protected override bool ReleaseHandle() => ZstdLibrary.IsError(ZstdLibrary.FreeDecompressionContext(handle)) == 0;
}
