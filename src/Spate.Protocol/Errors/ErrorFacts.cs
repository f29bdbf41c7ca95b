namespace Spate.Protocol.Errors;

/// <summary>What is known of one error code.</summary>
/// <param name="Code">The number on the wire.</param>
/// <param name="Name">Kafka's name for it, such as <c>NOT_LEADER_OR_FOLLOWER</c>.</param>
/// <param name="IsRetriable">The same request may succeed later without anybody changing anything.</param>
/// <param name="Message">What happened, in a sentence.</param>
public readonly record struct ErrorFacts(ErrorCode Code, string Name, bool IsRetriable, string Message);
