using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Makes results of what one broker answered to one API.</summary>
internal readonly record struct Answers(ApiKey Api, string Broker)
{
    /// <param name="value">What success gives.</param>
    /// <param name="error">The broker's code.</param>
    /// <param name="subject">What it is about, such as <c>topic 'orders'</c>.</param>
    /// <param name="said">The broker's own words, if there are any.</param>
    public AdminResult<T> Of<T>(T value, ErrorCode error, string subject, string? said = null) =>
        error == ErrorCode.None ? new AdminResult<T>(value) : new AdminResult<T>(Failure(error, subject, said));

    public AdminResult<T> Of<T>(T value, ErrorCode error, TopicPartition partition, string? said = null) =>
        error == ErrorCode.None ? new AdminResult<T>(value) : new AdminResult<T>(Failure(error, partition, said));

    public AdminResult Of(ErrorCode error, string subject, string? said = null) => new(error == ErrorCode.None ? null : Failure(error, subject, said));

    public AdminResult Of(ErrorCode error, TopicPartition partition, string? said = null) => new(error == ErrorCode.None ? null : Failure(error, partition, said));

    public KafkaException Failure(ErrorCode error, string? subject = null, string? said = null) => BrokerFailure.Of(error, Api, Broker, subject, partition: null, said);

    public KafkaException Failure(ErrorCode error, TopicPartition partition, string? said = null) => BrokerFailure.Of(error, Api, Broker, subject: null, partition, said);

    /// <summary>For a code that is about all that was asked.</summary>
    /// <exception cref="KafkaException">It is one of failure.</exception>
    public void ThrowIfFailed(ErrorCode error, string? subject = null, string? said = null)
    {
        if (error != ErrorCode.None)
        {
            throw Failure(error, subject, said);
        }
    }
}
