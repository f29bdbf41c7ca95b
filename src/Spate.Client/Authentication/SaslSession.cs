using Spate.Client.Connections;

namespace Spate.Client.Authentication;

/// <summary>
/// For how long a broker takes the client of one connection for who it is. The client proves it again before that is over, when it next has something to ask (KIP-368): a
/// connection that nobody uses is left alone. Under the gate of its connection, but for <see cref="RunAsync"/>.
/// </summary>
internal sealed class SaslSession(BrokerConnection connection, SaslOptions options, TimeProvider clock, Chance chance)
{
    /// <summary>The part of a session after which it is renewed, at least; clients that connected together do not renew together.</summary>
    private const double RenewalMin = 0.85;

    private const double RenewalSpread = 0.1;

    private long _renewAt = long.MaxValue;

    /// <summary>Whether it is to be renewed now; says so once.</summary>
    public bool TakeDue(long now)
    {
        if (now < Volatile.Read(ref _renewAt))
        {
            return false;
        }

        Volatile.Write(ref _renewAt, long.MaxValue);
        return true;
    }

    /// <summary>Proves who the client is.</summary>
    /// <inheritdoc cref="SaslDialogue.RunAsync" path="/exception"/>
    public async Task RunAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var dialogue = new SaslDialogue(connection, options);
        var (exchange, first) = await dialogue.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var began = clock.GetTimestamp();
        var lifetime = await dialogue.RunAsync(exchange, first, timeout, cancellationToken).ConfigureAwait(false);
        if (lifetime > TimeSpan.Zero)
        {
            var part = RenewalMin + (chance.NextDouble() * RenewalSpread);
            Volatile.Write(ref _renewAt, began + (long)(lifetime.TotalSeconds * part * clock.TimestampFrequency));
        }
    }
}
