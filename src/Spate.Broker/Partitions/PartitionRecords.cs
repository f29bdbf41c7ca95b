using Microsoft.Win32.SafeHandles;
using Spate.Protocol.Wire;
using Spate.Storage;
using Spate.Storage.Files;

namespace Spate.Broker.Partitions;

/// <summary>
/// Records of a partition on their way to a client. They are read long after they were found; a disk that fails then is told to the owner of
/// the log by whoever reads, for nobody else would notice before the next request.
/// </summary>
internal sealed class PartitionRecords(Partition partition, IRecordSource records) : IRecordSource, IFileRegion
{
    private readonly IFileRegion? _region = records as IFileRegion;

    public int Length => records.Length;

    public SafeFileHandle? Handle => _region?.Handle;

    public long Start => _region?.Start ?? 0;

    public int Read(int position, Span<byte> destination)
    {
        try
        {
            return records.Read(position, destination);
        }
        catch (Exception failure) when (failure is IOException and not TruncatedRecordsException or UnauthorizedAccessException)
        {
            partition.TellOf(new LogFailedException(partition.Log.Directory, "reading records that a client was promised", failure));
            throw;
        }
    }

    public void EnsureIntact() => _region?.EnsureIntact();

    public void Dispose() => records.Dispose();
}
