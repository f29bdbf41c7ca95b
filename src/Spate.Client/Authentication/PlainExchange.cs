using System.Text;

namespace Spate.Client.Authentication;

/// <summary>PLAIN (RFC 4616): all is said in one message, as nobody but oneself.</summary>
internal sealed class PlainExchange(string user, string password) : ISaslExchange
{
    public ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken) => new(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    public byte[]? Answer(ReadOnlySpan<byte> challenge) => null;
}
