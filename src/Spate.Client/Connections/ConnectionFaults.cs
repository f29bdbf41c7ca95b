using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>What goes wrong with the connection to a broker, in words.</summary>
internal sealed class ConnectionFaults(string broker)
{
    /// <summary>Added where a broker ends a connection at the first request that is more than a greeting.</summary>
    public const string SaslIsLikely =
        " It ended at the first request after the greeting, as it does where a listener wants SASL: set KafkaClientOptions.Sasl, or take another listener.";

    public KafkaConnectionException ClosedHere() => new($"The connection to broker {broker} was closed by this client.") { Broker = broker };

    public KafkaConnectionException ClosedThere(string likelyCause) => new($"Broker {broker} closed the connection.{likelyCause}") { Broker = broker };

    public KafkaConnectionException Idle() => new($"The connection to broker {broker} was closed because nobody had used it.") { Broker = broker };

    public KafkaConnectionException Broken(Exception cause, string likelyCause) =>
        new($"The connection to broker {broker} broke: {cause.Message}{likelyCause}", cause) { Broker = broker };

    public KafkaConnectionException Unasked() => new($"Broker {broker} sent a reply that nobody had asked for.") { Broker = broker };

    public KafkaConnectionException Malformed(MalformedMessageException malformed) => new($"Broker {broker} sent a reply that is not one: {Sentence.Of(malformed.Message)}", malformed) { Broker = broker };

    public KafkaTimeoutException Late(ApiKey api, TimeSpan requestTimeout) =>
        new($"Broker {broker} did not answer {api} in time, so the connection was given up. If it is only slow, raise RequestTimeout ({requestTimeout.TotalMilliseconds} ms).") { Broker = broker };

    public KafkaException TooOld(UnsupportedFieldException unsupported) =>
        new(ErrorCode.UnsupportedVersion, $"Broker {broker} is too old for this request: {Sentence.Of(unsupported.Message)} Upgrade the broker, or do without the field.", unsupported) { Broker = broker };
}
