using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>A compression context of libzstd.</summary>
internal sealed class ZstdCompressionContext : SafeHandle
{
    public ZstdCompressionContext()
        : base(nint.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == nint.Zero;

    public static ZstdCompressionContext Create()
    {
        var context = new ZstdCompressionContext();
        context.SetHandle(ZstdLibrary.CreateCompressionContext());
        return context.IsInvalid ? throw new InvalidOperationException("zstd found no memory for a compression context.") : context;
    }

    /// <summary>Compresses into room of <see cref="ZstdLibrary.CompressBound(int)"/> bytes and returns how many were used.</summary>
    public unsafe int Compress(int level, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Check(ZstdLibrary.SetCompressionParameter(this, ZstdLibrary.CompressionLevelParameter, level));
        fixed (byte* from = source)
        {
            fixed (byte* to = destination)
            {
                return (int)Check(ZstdLibrary.Compress(this, to, (nuint)destination.Length, from, (nuint)source.Length));
            }
        }
    }

    protected override bool ReleaseHandle() => ZstdLibrary.IsError(ZstdLibrary.FreeCompressionContext(handle)) == 0;

    private static nuint Check(nuint result) => ZstdLibrary.IsError(result) == 0
        ? result
        : throw new InvalidOperationException("zstd refused a level in its range, or the room that it had asked for.");
}
