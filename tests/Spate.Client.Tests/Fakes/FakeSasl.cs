using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// The other side of SASL, for one user: a fake broker that has it admits nothing else to a connection before the client has proved who it is, nor in the middle of doing so again.
/// </summary>
internal sealed class FakeSasl(string user, string password)
{
    private static readonly byte[] Salt = [1, 2, 3, 4, 5, 6, 7, 8];

    private readonly ConcurrentDictionary<int, Conversation> _conversations = new();

    public List<string> Mechanisms { get; } = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

    public int Iterations { get; set; } = 4096;

    /// <summary>How long a session lasts; 0 for as long as the connection.</summary>
    public long SessionLifetimeMs { get; set; }

    /// <summary>Proves with another password's keys that it knows the user.</summary>
    public bool IsImpostor { get; set; }

    /// <summary>How often a client has proved who it is, over which connection.</summary>
    public ConcurrentQueue<int> Proofs { get; } = new();

    /// <summary>How often it has begun to.</summary>
    public int Attempts { get; private set; }

    /// <summary>What came along with tokens.</summary>
    public ConcurrentQueue<string> Extensions { get; } = new();

    public FakeBroker Attach(FakeBroker broker)
    {
        broker.Admit = (api, call) => api is ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate
            || (_conversations.TryGetValue(call.Connection, out var conversation) && conversation.IsDone);
        broker.On<SaslHandshakeRequest, SaslHandshakeResponse>(ApiKey.SaslHandshake, 0, 1, (request, call) => Agree(request, call));
        return broker.On<SaslAuthenticateRequest, SaslAuthenticateResponse>(ApiKey.SaslAuthenticate, 0, 2, (request, call) => Hear(request, call));
    }

    private SaslHandshakeResponse Agree(SaslHandshakeRequest request, FakeCall call)
    {
        Attempts++;
        _conversations[call.Connection] = new Conversation(request.Mechanism);
        return new SaslHandshakeResponse { ErrorCode = Mechanisms.Contains(request.Mechanism) ? ErrorCode.None : ErrorCode.UnsupportedSaslMechanism, Mechanisms = Mechanisms };
    }

    private SaslAuthenticateResponse Hear(SaslAuthenticateRequest request, FakeCall call)
    {
        var conversation = _conversations[call.Connection];
        var said = Encoding.UTF8.GetString(request.AuthBytes.Span);
        var answer = conversation.Mechanism switch
        {
            "PLAIN" => said == $"\0{user}\0{password}" ? "" : null,
            "OAUTHBEARER" => Token(said, conversation),
            _ => Scram(said, conversation),
        };
        if (answer is null)
        {
            return new SaslAuthenticateResponse { ErrorCode = ErrorCode.SaslAuthenticationFailed, ErrorMessage = "not you" };
        }

        conversation.IsDone = !conversation.IsRefused && (conversation.IsProved || conversation.Mechanism is "PLAIN" or "OAUTHBEARER");
        if (conversation.IsDone)
        {
            Proofs.Enqueue(call.Connection);
        }

        return new SaslAuthenticateResponse { AuthBytes = Encoding.UTF8.GetBytes(answer), SessionLifetimeMs = conversation.IsDone ? SessionLifetimeMs : 0 };
    }

    private string? Token(string said, Conversation conversation)
    {
        if (said == "\u0001")
        {
            return null;
        }

        var parts = said.Split('\u0001');
        Assert.Equal("n,,", parts[0]);
        Assert.Equal(["", ""], parts[^2..]);
        conversation.IsRefused = parts[1] != $"auth=Bearer {password}";
        foreach (var extension in parts[2..^2])
        {
            Extensions.Enqueue(extension);
        }

        return conversation.IsRefused ? "{\"status\":\"invalid_token\"}" : "";
    }

    private string? Scram(string said, Conversation conversation)
    {
        var hash = conversation.Mechanism.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        if (conversation.ServerFirst is null)
        {
            Assert.StartsWith("n,,n=", said, StringComparison.Ordinal);
            conversation.ClientFirst = said["n,,".Length..];
            var fields = conversation.ClientFirst.Split(',');
            conversation.IsRefused = fields[0] != $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)}";
            return conversation.IsRefused ? null : conversation.ServerFirst = $"{fields[1]}server,s={Convert.ToBase64String(Salt)},i={Iterations}";
        }

        var (withoutProof, proof) = (said[..said.IndexOf(",p=", StringComparison.Ordinal)], Convert.FromBase64String(said[(said.IndexOf(",p=", StringComparison.Ordinal) + 3)..]));
        var exchange = Encoding.UTF8.GetBytes($"{conversation.ClientFirst},{conversation.ServerFirst},{withoutProof}");
        var length = hash == HashAlgorithmName.SHA512 ? 64 : 32;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Salt, Iterations, hash, length);
        var storedKey = CryptographicOperations.HashData(hash, CryptographicOperations.HmacData(hash, salted, "Client Key"u8));
        var signature = CryptographicOperations.HmacData(hash, storedKey, exchange);
        var clientKey = proof.Zip(signature, static (left, right) => (byte)(left ^ right)).ToArray();
        if (!CryptographicOperations.HashData(hash, clientKey).AsSpan().SequenceEqual(storedKey))
        {
            return null;
        }

        conversation.IsProved = true;
        var serverKey = CryptographicOperations.HmacData(hash, IsImpostor ? Salt : salted, "Server Key"u8);
        return $"v={Convert.ToBase64String(CryptographicOperations.HmacData(hash, serverKey, exchange))}";
    }

    private sealed class Conversation(string mechanism)
    {
        public string Mechanism { get; } = mechanism;

        public string? ClientFirst { get; set; }

        public string? ServerFirst { get; set; }

        public bool IsRefused { get; set; }

        public bool IsProved { get; set; }

        public bool IsDone { get; set; }
    }
}
