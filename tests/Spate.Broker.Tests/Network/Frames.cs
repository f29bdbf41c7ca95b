using System.Buffers.Binary;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>Frames as they stand on the wire.</summary>
internal static class Frames
{
    /// <summary>A frame around <paramref name="body"/>.</summary>
    public static byte[] Of(params byte[] body) => [.. Prefix(body.Length), .. body];

    /// <summary>A frame whose body is told by its seed.</summary>
    public static byte[] Random(int length, int seed) => Of(Body(length, seed));

    public static byte[] Body(int length, int seed)
    {
        var body = new byte[length];
        new Random(seed).NextBytes(body);
        return body;
    }

    public static byte[] Prefix(int length)
    {
        var prefix = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(prefix, length);
        return prefix;
    }

    public static OutgoingFrame Reply(params byte[] body) => new(Of(body));

    /// <summary>The bodies of the frames in a stream of bytes.</summary>
    public static List<byte[]> Split(ReadOnlySpan<byte> stream)
    {
        var bodies = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(stream);
            bodies.Add(stream.Slice(sizeof(int), length).ToArray());
            stream = stream[(sizeof(int) + length)..];
        }

        return bodies;
    }
}
