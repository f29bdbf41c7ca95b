namespace Spate.Protocol.Wire;

/// <summary>
/// Record bytes that lie elsewhere (in a segment file, as a rule) and are read only while they are being sent, so that a response of many
/// megabytes never stands in memory. Whoever builds the response hands the source over; whoever sends it disposes it, sent or not.
/// Not safe for use by several threads at once.
/// </summary>
public interface IRecordSource : IDisposable
{
    /// <summary>How many bytes there are, from 0. Fixed for the life of the source: it is written to the frame before the bytes are.</summary>
    int Length { get; }

    /// <summary>
    /// Reads bytes from <paramref name="position"/> on and fills <paramref name="destination"/> wholly, or up to <see cref="Length"/>.
    /// </summary>
    /// <returns>How many bytes were read: the smaller of what was asked and what is there.</returns>
    /// <exception cref="IOException">The bytes cannot be had any more; the frame cannot be finished and its connection must be closed.</exception>
    int Read(int position, Span<byte> destination);
}
