namespace Spate.Protocol.Checksums;

/// <summary>Arithmetic of polynomials over GF(2) modulo the Castagnoli polynomial, bits reflected: bit 31 is the coefficient of x^0.</summary>
internal static class Crc32CPolynomial
{
    /// <summary>The polynomial itself without its highest term.</summary>
    public const uint Value = 0x82F63B78;

    private const uint One = 0x8000_0000;
    private const uint X = 0x4000_0000;

    /// <summary>The product of two remainders.</summary>
    public static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = TimesX(right);
        }

        return product;
    }

    /// <summary>The remainder by one degree up: the step of one zero bit.</summary>
    public static uint TimesX(uint value) => (value & 1) != 0 ? (value >> 1) ^ Value : value >> 1;

    /// <summary>A power of x: what to multiply a running checksum with to move it past that many zero bits.</summary>
    public static uint PowerOfX(int bits)
    {
        var result = One;
        var square = X;
        for (var exponent = bits; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result = Multiply(result, square);
            }

            square = Multiply(square, square);
        }

        return result;
    }
}
