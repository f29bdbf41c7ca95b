using Spate.Broker.Network;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Requests;

/// <summary>Makes a frame of a reply: its length, its header, and what it says.</summary>
public static class ReplyFrame
{
    /// <param name="key">The API that was asked.</param>
    /// <param name="version">The version in which it was asked.</param>
    /// <param name="correlationId">The number that the client gave the request.</param>
    /// <param name="reply">What it is answered.</param>
    /// <exception cref="UnsupportedFieldException">The reply says something that this version cannot carry and that must not be lost.</exception>
    public static OutgoingFrame Of(ApiKey key, short version, int correlationId, IMessage reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var writer = new MessageWriter();
        try
        {
            Write(writer, key, version, correlationId, reply);
            var parts = new List<FramePart>();
            foreach (var part in writer.Parts)
            {
                parts.Add(part);
            }

            return new OutgoingFrame(parts, writer);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Writes it where the caller keeps it.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    internal static void Write(MessageWriter writer, ApiKey key, short version, int correlationId, IMessage reply)
    {
        writer.BeginFrame();
        new ResponseHeader { CorrelationId = correlationId }.Write(writer, ApiCatalog.Get(key).ResponseHeaderVersion(version));
        reply.Write(writer, version);
        writer.EndFrame();
    }
}
