using System.Text;
using Spate.Protocol.Checksums;

namespace Spate.Protocol.Tests.Checksums;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4, and the usual check value.
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    public void Compute_KnownInput_GivesKnownChecksum(string hex, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Convert.FromHexString(hex)));

    [Fact]
    public void Append_AnyLengthAndAlignment_IsTheSameOnEveryPath()
    {
        var random = new Random(20260);
        var data = new byte[40_000];
        random.NextBytes(data);
        for (var round = 0; round < 400; round++)
        {
            var start = random.Next(64);
            var length = round < 200 ? round * 17 : random.Next(data.Length - start);
            var slice = data.AsSpan(start, length);
            var state = (uint)random.Next();
            var expected = BitByBit(state, slice);
            Assert.Equal(expected, Crc32CSoftware.Append(state, slice));
            Assert.Equal(expected, Crc32CHardware.Append(state, slice));
            Assert.Equal(~expected, Crc32C.Append(~state, slice));
            if (Crc32CFolding.IsSupported && length >= Crc32CFolding.LengthMin)
            {
                var steps = length - (length % Crc32CFolding.StepBytes);
                Assert.Equal(expected, Crc32CSoftware.Append(Crc32CFolding.Append(state, slice[..steps]), slice[steps..]));
            }
        }
    }

    [Fact]
    public void Append_InParts_EqualsTheWhole()
    {
        var data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 500)));
        var whole = Crc32C.Compute(data);
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var cut = random.Next(data.Length + 1);
            Assert.Equal(whole, Crc32C.Append(Crc32C.Append(0, data.AsSpan(0, cut)), data.AsSpan(cut)));
        }
    }

    private static uint BitByBit(uint state, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
            }
        }

        return state;
    }
}
