using System.Buffers.Binary;

namespace Spate.Protocol.Records;

/// <summary>The value of a control record that ends a transaction: an int16 and an int32.</summary>
/// <param name="Version">The version of the value, which newer writers may raise; from 0.</param>
/// <param name="CoordinatorEpoch">Epoch of the transaction coordinator that wrote the marker: an older one's marker is refused.</param>
public readonly record struct EndTransactionMarker(short Version, int CoordinatorEpoch)
{
    /// <summary>Bytes of a value.</summary>
    public const int Size = 6;

    public EndTransactionMarker(int coordinatorEpoch)
        : this(0, coordinatorEpoch)
    {
    }

    /// <summary>Reads a value; false when there are too few bytes or the version is negative. Bytes that later versions add are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out EndTransactionMarker marker)
    {
        marker = default;
        if (source.Length < Size || BinaryPrimitives.ReadInt16BigEndian(source) < 0)
        {
            return false;
        }

        marker = new EndTransactionMarker(BinaryPrimitives.ReadInt16BigEndian(source), BinaryPrimitives.ReadInt32BigEndian(source[2..]));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, Version);
        BinaryPrimitives.WriteInt32BigEndian(destination[2..], CoordinatorEpoch);
    }
}
