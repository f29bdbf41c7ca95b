using Spate.Protocol.Wire;

namespace Spate.Storage.Segments;

/// <summary>No records at all. Shared: disposing it does nothing.</summary>
internal sealed class EmptyRecords : IRecordSource
{
    private EmptyRecords()
    {
    }

    public static EmptyRecords Instance { get; } = new();

    public int Length => 0;

    public int Read(int position, Span<byte> destination) => 0;

    public void Dispose()
    {
        // There is nothing to give back.
    }
}
