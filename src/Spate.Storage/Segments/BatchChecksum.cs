using System.Buffers.Binary;
using Spate.Protocol.Checksums;
using Spate.Protocol.Records;

namespace Spate.Storage.Segments;

/// <summary>Which checksum guards an entry, and which of its bytes.</summary>
internal readonly struct BatchChecksum(byte magic)
{
    private bool IsCurrent => magic == RecordBatchLayout.CurrentMagic;

    /// <summary>Where the guarded bytes start; they go to the end of the entry.</summary>
    public int Start => IsCurrent ? RecordBatchLayout.Attributes : LegacyMessageLayout.Magic;

    /// <summary>The checksum that the entry carries.</summary>
    /// <param name="front">Its bytes up to <see cref="Start"/>.</param>
    public uint Expected(ReadOnlySpan<byte> front) =>
        BinaryPrimitives.ReadUInt32BigEndian(front[(IsCurrent ? RecordBatchLayout.Crc : LegacyMessageLayout.Crc)..]);

    public uint Append(uint value, ReadOnlySpan<byte> part) => IsCurrent ? Crc32C.Append(value, part) : throw new NotImplementedException();
}
