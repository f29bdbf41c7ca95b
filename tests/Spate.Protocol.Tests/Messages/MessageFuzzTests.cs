using System.Buffers.Binary;
using System.Globalization;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>
/// Bytes that are not what they claim to be, into every decoder in every version: nothing but <see cref="MalformedMessageException"/>
/// comes out, and memory stays in proportion to the input. SPATE_FUZZ_ROUNDS makes it longer.
/// </summary>
public class MessageFuzzTests
{
    private const int Seed = 4_217;
    private const int DefaultRounds = 24;
    private const int LongestNoise = 200;

    /// <summary>An exception with its stack and text, whatever the input.</summary>
    private const long FixedBytes = 64 * 1024;

    /// <summary>An empty list takes 32 bytes and the reference to it 8, and may come from a single byte on the wire.</summary>
    private const long BytesPerInputByte = 64;

    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("SPATE_FUZZ_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds)
            ? rounds
            : DefaultRounds;

    private int _refused;
    private int _read;

    [Fact]
    public void Damaged_messages_are_refused_or_read_within_bounds()
    {
        foreach (var type in MessageType.All)
        {
            foreach (var version in type.Versions)
            {
                var random = new Random(HashCode(type.Name, version));
                for (var round = 0; round < Rounds; round++)
                {
                    var bytes = MessageType.Encode(RandomMessage.Make(type, version, random), version);
                    Damage(ref bytes, random);
                    Try(type, version, bytes, round);
                }
            }
        }

        Assert.True(_refused > 0 && _read > 0, $"{_refused} refused, {_read} read: the input does not reach both outcomes.");
    }

    [Fact]
    public void Noise_is_refused_or_read_within_bounds()
    {
        foreach (var type in MessageType.All)
        {
            foreach (var version in type.Versions)
            {
                var random = new Random(HashCode(type.Name, version));
                for (var round = 0; round < Rounds; round++)
                {
                    var bytes = new byte[random.Next(LongestNoise)];
                    random.NextBytes(bytes);
                    Soften(bytes, random);
                    Try(type, version, bytes, round);
                }
            }
        }

        Assert.True(_refused > 0 && _read > 0, $"{_refused} refused, {_read} read: the input does not reach both outcomes.");
    }

    private static int HashCode(string name, short version) => name.Aggregate(Seed + version, (hash, letter) => unchecked((hash * 31) + letter));

    /// <summary>Pure noise rarely gets past the first length; small numbers get further.</summary>
    private static void Soften(byte[] bytes, Random random)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = random.Next(3) == 0 ? bytes[i] : (byte)(bytes[i] & 3);
        }
    }

    private static void Damage(ref byte[] bytes, Random random)
    {
        for (var times = random.Next(1, 4); times > 0 && bytes.Length > 0; times--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[random.Next(at + 1)..]];
                    break;
                case 4 when at + sizeof(int) <= bytes.Length:
                    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), random.Next(2) == 0 ? int.MaxValue : random.Next(2_000_000));
                    break;
                default:
                    bytes = [.. bytes[..at], 0xFF, 0xFF, 0xFF, 0x7F, .. bytes[at..]];
                    break;
            }
        }
    }

    private void Try(MessageType type, short version, byte[] bytes, int round)
    {
        var message = type.Create();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcome = Outcome(message, version, bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        _ = outcome is null ? _read++ : _refused++;
        var input = $"{type.Name} v{version} round {round} seed {Seed}: {Convert.ToHexString(bytes)}";
        Assert.True(outcome is null or MalformedMessageException, $"{input}\n{outcome}");
        Assert.True(allocated <= FixedBytes + (BytesPerInputByte * bytes.Length), $"{input}\n{allocated} bytes for {bytes.Length}");
    }

    private static Exception? Outcome(IMessage message, short version, byte[] bytes)
    {
        try
        {
            var reader = new MessageReader(bytes);
            message.Read(ref reader, version);
            reader.EnsureEnd();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
