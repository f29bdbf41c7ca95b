using System.Net.Sockets;

namespace Spate.Conformance.Load;

/// <summary>What a client sees when the broker is killed.</summary>
internal static class BrokerGone
{
    /// <summary>Whether a connection that broke, or was refused, explains the failure.</summary>
    public static bool Explains(Exception failure) => failure is IOException or SocketException;
}
