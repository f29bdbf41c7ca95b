using Spate.Protocol.Messages;

namespace Spate.Coordination;

/// <summary>The answer to a StreamsGroupHeartbeat, and what the application lacks.</summary>
/// <param name="Response">The answer.</param>
/// <param name="MissingTopics">
/// Topics of the application's own that are not there, as they are to be created. The answer says that they are missing; who sends it sees to
/// them, and the group looks for them at each heartbeat.
/// </param>
public sealed record StreamsHeartbeatResult(StreamsGroupHeartbeatResponse Response, IReadOnlyList<CreateTopicsRequest.CreatableTopic> MissingTopics);
