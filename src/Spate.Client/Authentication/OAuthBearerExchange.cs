using System.Text;

namespace Spate.Client.Authentication;

/// <summary>OAUTHBEARER (RFC 7628): the token is said in one message. A server that refuses it says why, and waits for a last byte before it says that it has failed.</summary>
internal sealed class OAuthBearerExchange(Func<CancellationToken, ValueTask<OAuthBearerToken>> provider) : ISaslExchange
{
    private const char Separator = '\u0001';

    private bool _isRefused;

    public async ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken)
    {
        var token = await provider(cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder("n,,").Append(Separator).Append("auth=Bearer ").Append(token.Value).Append(Separator);
        foreach (var (name, value) in token.Extensions)
        {
            text.Append(name).Append('=').Append(value).Append(Separator);
        }

        return Encoding.UTF8.GetBytes(text.Append(Separator).ToString());
    }

    public byte[]? Answer(ReadOnlySpan<byte> challenge)
    {
        if (challenge.IsEmpty)
        {
            return null;
        }

        if (_isRefused)
        {
            throw new SaslRefusalException($"The token was refused: {Encoding.UTF8.GetString(challenge)}");
        }

        _isRefused = true;
        return [(byte)Separator];
    }
}
