using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>A decompression context of liblz4. It holds buffers of at most a few of the largest blocks that the format has (4 MiB each).</summary>
internal sealed class Lz4DecompressionContext : SafeHandle
{
    public Lz4DecompressionContext()
        : base(nint.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == nint.Zero;

    public static Lz4DecompressionContext Create()
    {
        var context = new Lz4DecompressionContext();
        if (Lz4Library.IsError(Lz4Library.CreateDecompressionContext(out var created, Lz4Library.Version)) != 0)
        {
            throw new InvalidOperationException("lz4 found no memory for a decompression context.");
        }

        context.SetHandle(created);
        return context;
    }

    public void Reset() => Lz4Library.ResetDecompressionContext(this);

    /// <summary>Goes as far as source and destination reach; false when the source is corrupt.</summary>
    public unsafe bool TryDecompress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int produced, out bool isFrameComplete)
    {
        var sourceLength = (nuint)source.Length;
        var destinationLength = (nuint)destination.Length;
        nuint hint;
        fixed (byte* from = source)
        {
            fixed (byte* to = destination)
            {
                hint = Lz4Library.Decompress(this, to, ref destinationLength, from, ref sourceLength, null);
            }
        }

        consumed = (int)sourceLength;
        produced = (int)destinationLength;
        isFrameComplete = hint == 0;
        return Lz4Library.IsError(hint) == 0;
    }

    protected override bool ReleaseHandle() => Lz4Library.IsError(Lz4Library.FreeDecompressionContext(handle)) == 0;
}
