using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>Writes requests as they go over the wire: the length, the header, the message.</summary>
internal static class RequestFrames
{
    /// <exception cref="UnsupportedFieldException">The request says something that the version cannot carry.</exception>
    public static void Write(MessageWriter writer, IRequestMessage request, PendingReply pending, string clientId)
    {
        writer.BeginFrame();
        var header = new RequestHeader
        {
            RequestApiKey = (short)pending.Api,
            RequestApiVersion = pending.Version,
            CorrelationId = pending.CorrelationId,
            ClientId = clientId,
        };
        header.Write(writer, ApiCatalog.Get(pending.Api).RequestHeaderVersion(pending.Version));
        request.Write(writer, pending.Version);
        writer.EndFrame();
    }
}
