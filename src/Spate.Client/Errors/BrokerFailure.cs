using System.Text;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Errors;

/// <summary>Makes the exception for an error code that a broker has answered with.</summary>
internal static class BrokerFailure
{
    /// <param name="code">What the broker answered.</param>
    /// <param name="api">What was asked.</param>
    /// <param name="broker">Who was asked, as <see cref="KafkaException.Broker"/> has it; null when that does not matter.</param>
    /// <param name="subject">What it was about, such as <c>topic orders</c>; null when the partition says it.</param>
    /// <param name="partition">The partition it was about, if it was one.</param>
    /// <param name="said">The broker's own words, if there were any.</param>
    public static KafkaException Of(
        ErrorCode code, ApiKey api, string? broker, string? subject = null, TopicPartition? partition = null, string? said = null) =>
        new(code, Describe(code, api, broker, subject ?? partition?.ToString(), said)) { Broker = broker, Partition = partition };

    /// <summary>The text alone, for failures of a type of their own.</summary>
    public static string Describe(ErrorCode code, ApiKey api, string? broker, string? subject, string? said)
    {
        var facts = ErrorCatalog.Get(code);
        var text = new StringBuilder();
        text.Append(api);
        if (subject is not null)
        {
            text.Append(" for ").Append(subject);
        }

        if (broker is not null)
        {
            text.Append(" at broker ").Append(broker);
        }

        text.Append(" failed with ").Append(facts.Name);
        if (facts.Code != code || facts.Name == ErrorCatalog.NameOf(ErrorCode.UnknownServerError) && code != ErrorCode.UnknownServerError)
        {
            text.Append(" (code ").Append((short)code).Append(')');
        }

        text.Append(": ").Append(facts.Message);
        if (!string.IsNullOrWhiteSpace(said))
        {
            text.Append(" The broker says: ").Append(Sentence.Of(said));
        }

        if (NextSteps.For(code) is { } step)
        {
            text.Append(' ').Append(step);
        }

        return text.ToString();
    }
}
