using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Spate.Client.Authentication;

/// <summary>
/// SCRAM (RFC 5802) without channel binding: the client proves that it knows the password without saying it, and the server proves that it knows what only a server does that
/// has stored the password's keys. Names and passwords are taken as they are, in UTF-8, as Kafka takes them.
/// </summary>
internal sealed class ScramExchange(HashAlgorithmName hash, string user, string password, string nonce) : ISaslExchange
{
    /// <summary>Fewer make a password too easy to guess from what is on the wire; Kafka's bound and the RFC's.</summary>
    public const int IterationsMin = 4096;

    /// <summary>More are taken for an attempt to keep this side busy.</summary>
    public const int IterationsMax = 1_000_000;

    private const int NonceBytes = 18;
    private const int MessageBytesMax = 8 * 1024;
    private const string NoBinding = "n,,";

    private readonly string _firstBare = $"n={Escape(user)},r={nonce}";
    private byte[]? _serverSignature;
    private bool _isProved;

    /// <summary>What no other exchange has said.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));

    public ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken) => new(Encoding.UTF8.GetBytes(NoBinding + _firstBare));

    public byte[]? Answer(ReadOnlySpan<byte> challenge)
    {
        if (_isProved || challenge.Length > MessageBytesMax)
        {
            throw new SaslRefusalException(_isProved ? "The server goes on speaking after the end." : $"The server's message has {challenge.Length} bytes, more than the {MessageBytesMax} that it may have.");
        }

        var text = Encoding.UTF8.GetString(challenge);
        if (_serverSignature is null)
        {
            return Prove(text);
        }

        Verify(text, _serverSignature);
        _isProved = true;
        return null;
    }

    private static string Escape(string name) => name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    private byte[] Prove(string serverFirst)
    {
        var parts = serverFirst.Split(',');
        if (parts.Length < 3)
        {
            throw new SaslRefusalException("The server's first message is not one of SCRAM.");
        }

        var fullNonce = Field(parts[0], 'r');
        var salt = Bytes(Field(parts[1], 's'));
        if (fullNonce.Length <= nonce.Length || !fullNonce.StartsWith(nonce, StringComparison.Ordinal))
        {
            throw new SaslRefusalException("The server's nonce does not go on from the client's: somebody may be repeating an older exchange.");
        }

        if (!int.TryParse(Field(parts[2], 'i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < IterationsMin or > IterationsMax)
        {
            throw new SaslRefusalException($"The server wants '{parts[2]}' rounds of hashing; from {IterationsMin} to {IterationsMax} are accepted.");
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, hash, CryptographicOperations.HashData(hash, []).Length);
        var clientKey = CryptographicOperations.HmacData(hash, salted, "Client Key"u8);
        var finalBare = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(NoBinding))},r={fullNonce}";
        var exchange = Encoding.UTF8.GetBytes($"{_firstBare},{serverFirst},{finalBare}");
        var proof = CryptographicOperations.HmacData(hash, CryptographicOperations.HashData(hash, clientKey), exchange);
        for (var index = 0; index < proof.Length; index++)
        {
            proof[index] ^= clientKey[index];
        }

        _serverSignature = CryptographicOperations.HmacData(hash, CryptographicOperations.HmacData(hash, salted, "Server Key"u8), exchange);
        return Encoding.UTF8.GetBytes($"{finalBare},p={Convert.ToBase64String(proof)}");
    }

    private static void Verify(string serverFinal, byte[] expected)
    {
        var part = serverFinal.Split(',')[0];
        if (part.StartsWith("e=", StringComparison.Ordinal))
        {
            throw new SaslRefusalException($"The server refuses: {part[2..]}.");
        }

        if (!CryptographicOperations.FixedTimeEquals(Bytes(Field(part, 'v')), expected))
        {
            throw new SaslRefusalException("The server could not prove that it knows this user: it may be somebody else who answers at this address.");
        }
    }

    private static string Field(string part, char name) => part.Length > 2 && part[0] == name && part[1] == '='
        ? part[2..]
        : throw new SaslRefusalException($"The server's message has no field '{name}' where SCRAM has it.");

    private static byte[] Bytes(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new SaslRefusalException("The server's message is not in Base64 where SCRAM has it.");
        }
    }
}
