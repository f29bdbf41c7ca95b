using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>What a request comes to: records that decide it, and the reply that leaves once they are committed and applied.</summary>
/// <param name="Records">What is decided, in order; empty when nothing changes.</param>
/// <param name="Reply">What the one who asked is told then.</param>
public sealed record Decision<TReply>(IReadOnlyList<IMetadataRecord> Records, TReply Reply);
