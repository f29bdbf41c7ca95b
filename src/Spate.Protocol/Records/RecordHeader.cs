using System.Text;

namespace Spate.Protocol.Records;

/// <summary>A header to be written with a record (KIP-82). Keys may repeat; their order is kept.</summary>
/// <param name="Key">The key in UTF-8; may be empty.</param>
/// <param name="Value">The value, or null.</param>
public readonly record struct RecordHeader(ReadOnlyMemory<byte> Key, byte[]? Value)
{
    public RecordHeader(string key, byte[]? value)
        : this(Encoding.UTF8.GetBytes(key), value)
    {
    }
}
