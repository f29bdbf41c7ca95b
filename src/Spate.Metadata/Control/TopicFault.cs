using Spate.Protocol.Errors;

namespace Spate.Metadata.Control;

/// <summary>Why a topic is not created or not deleted.</summary>
internal readonly record struct TopicFault(ErrorCode Error, string Message);
