using System.Buffers.Binary;
using Spate.Storage.Compaction;

namespace Spate.Storage.Tests.Compaction;

public sealed class KeyHashTests
{
    // From the reference implementation of SipHash with 128 bits: the secret is 00 01 02 ..., the key is as many bytes of the same.
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    [InlineData(3, "9C70B60C5267A94E5F33B6B02985ED51")]
    public void Compute_TheSecretAndKeysOfTheReference_GivesItsHashes(int length, string expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 64).Select(value => (byte)value)];
        var hash = new KeyHash(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
        var result = new byte[16];

        BinaryPrimitives.WriteUInt128LittleEndian(result, hash.Compute(bytes.AsSpan(0, length)));

        Assert.Equal(expected, Convert.ToHexString(result));
    }

    [Fact]
    public void Compute_UnderTwoSecrets_GivesTwoHashes() =>
        Assert.NotEqual(KeyHash.CreateSecret().Compute("key"u8), KeyHash.CreateSecret().Compute("key"u8));

    [Fact]
    public void Compute_KeysThatDifferInOneBitOrInLength_GivesDistinctHashes()
    {
        var hash = new KeyHash(1, 2);
        var hashes = new HashSet<UInt128>();
        var count = 0;
        for (var length = 0; length < 40; length++)
        {
            var key = new byte[length];
            Assert.True(hashes.Add(hash.Compute(key)));
            count++;
            for (var bit = 0; bit < length * 8; bit++)
            {
                key[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(hashes.Add(hash.Compute(key)));
                key[bit / 8] ^= (byte)(1 << (bit % 8));
                count++;
            }
        }

        Assert.Equal(count, hashes.Count);
    }
}
