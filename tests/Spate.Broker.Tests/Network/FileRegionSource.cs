using Microsoft.Win32.SafeHandles;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Network;

/// <summary>Record bytes in a real file, with a truncation that a test can make happen.</summary>
internal sealed class FileRegionSource(SafeFileHandle file, long start, int length) : IRecordSource, IFileRegion
{
    /// <summary>From which question on the bytes count as truncated; never, unless a test says so.</summary>
    public int IntactChecks { get; set; } = int.MaxValue;

    public int Length => length;

    public SafeFileHandle? Handle => file;

    public long Start => start;

    /// <summary>What reading fails with, if anything.</summary>
    public IOException? Failure { get; init; }

    public int Read(int position, Span<byte> destination) => Failure is not null ? throw Failure : RandomAccess.Read(file, destination[..Math.Min(destination.Length, length - position)], start + position);

    public void EnsureIntact()
    {
        if (IntactChecks-- <= 0)
        {
            throw new IOException("The file was truncated.");
        }
    }

    public void Dispose()
    {
    }
}
