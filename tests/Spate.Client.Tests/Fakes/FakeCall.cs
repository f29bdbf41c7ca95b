using System.Net.Sockets;

namespace Spate.Client.Tests.Fakes;

/// <summary>One request as a fake broker has it.</summary>
internal sealed class FakeCall(Socket socket, short version, string? clientId, int connection)
{
    public short Version { get; } = version;

    public string? ClientId { get; } = clientId;

    /// <summary>Counts the connections of the broker, from 1.</summary>
    public int Connection { get; } = connection;

    /// <summary>Whether something has come behind this request already.</summary>
    public bool HasMore => socket.Available > 0;

    /// <summary>Ends the connection instead of answering.</summary>
    public void Cut() => socket.Close();

    /// <summary>Sends bytes of the test's own in the place of a reply.</summary>
    public Task SendRawAsync(byte[] bytes) => socket.SendAsync(bytes);
}
