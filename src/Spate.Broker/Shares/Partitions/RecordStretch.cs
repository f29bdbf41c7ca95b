using Microsoft.Win32.SafeHandles;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Broker.Shares.Partitions;

/// <summary>A part of records that were read, which can still be sent from their file. Disposes of the whole.</summary>
internal sealed class RecordStretch(IRecordSource records, int start, int length) : IRecordSource, IFileRegion
{
    private readonly IFileRegion? _region = records as IFileRegion;

    public int Length => length;

    public SafeFileHandle? Handle => _region?.Handle;

    public long Start => (_region?.Start ?? 0) + start;

    public int Read(int position, Span<byte> destination) => records.Read(start + position, destination[..Math.Min(destination.Length, length - position)]);

    public void EnsureIntact() => _region?.EnsureIntact();

    public void Dispose() => records.Dispose();
}
